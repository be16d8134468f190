// SPDX-License-Identifier: GPL-2.0-only OR MIT
// box: none
/* A report's data come from a guest: members may exist but have another type. */
#include <json-c/json.h>

#include "cli/model.h"
#include "test.h"

static const char *const texts[] = {
	"null", "7", "\"text\"", "[]", "[null, 7, [], {}]", "{}", "{\"key\": null}",
	"{\"key\": 7}", "{\"key\": \"text\"}", "{\"key\": {}}", "{\"key\": [null, [7]]}",
};

TEST(whatever_a_member_is_it_is_read_as_what_is_wanted)
{
	size_t i, j;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct json_object *model = json_tokener_parse(texts[i]), *list;

		EXPECT_NE(NULL, vi915_model_text(model, "key"));
		EXPECT_EQ(strstr(texts[i], ": 7") ? 7 : 0, vi915_model_number(model, "key"));
		list = vi915_model_list(model, "key");
		EXPECT_EQ(strstr(texts[i], ": [") ? 2 : 0, json_object_array_length(list));
		for (j = 0; j < json_object_array_length(list); j++)
			EXPECT_STREQ("", vi915_model_text(json_object_array_get_idx(list, j), "x"));
		EXPECT_EQ(NULL, vi915_model_find(list, "key", "text"));
		EXPECT_EQ(NULL, vi915_model_find_number(list, "key", 7));
		json_object_put(model);
	}
}

TEST_HARNESS_MAIN
