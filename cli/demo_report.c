// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The demo's report as text: on one screen, a line for each way in each tiling.
 */
#include "demo_report.h"

#define VI915_DEMO_PAGE 4096u

/* File names of each way's last picture, in the order of the rows. */
const char *const vi915_demo_pictures[VI915_DEMO_WAYS] = {
	"outputs-on-b.png", "outputs-on-a.png", "rendering-by-a.png", "rendering-by-b.png",
};

static const char vi915_demo_letters[] = "AB";

static bool vi915_demo_row_good(const struct vi915_demo_row *row)
{
	return row->frames && row->equal == row->frames && row->pages && row->same == row->pages &&
	       row->meant == row->shown && row->meant == row->shot && row->meant == row->checked;
}

/**
 * vi915_demo_report_copied() - count the bytes that were copied instead of shared
 * @report: the report
 *
 * Return: the bytes of the pages that are not the same memory on both sides.
 */
uint64_t vi915_demo_report_copied(const struct vi915_demo_report *report)
{
	uint64_t copied = 0;

	for (int i = 0; i < VI915_DEMO_ROWS; i++)
		copied += (uint64_t)(report->rows[i].pages - report->rows[i].same) *
			  VI915_DEMO_PAGE;
	return copied;
}

/**
 * vi915_demo_report_good() - check that all pictures were right and not copied
 * @report: the report
 *
 * Return: true if so.
 */
bool vi915_demo_report_good(const struct vi915_demo_report *report)
{
	for (int i = 0; i < VI915_DEMO_ROWS; i++)
		if (!vi915_demo_row_good(&report->rows[i]))
			return false;
	return true;
}

/**
 * vi915_demo_report_wrong() - find the row to look at first
 * @report: the report
 *
 * Return: the last row with a picture that was shown wrong, or NULL.
 */
const struct vi915_demo_row *vi915_demo_report_wrong(const struct vi915_demo_report *report)
{
	for (int i = VI915_DEMO_ROWS; i--;)
		if (report->rows[i].wrong.frames)
			return &report->rows[i];
	return NULL;
}

/* 7372800 as 7,372,800. */
static const char *vi915_demo_grouped(uint64_t number, char text[32])
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);
	char *to = text;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return text;
}

static void vi915_demo_report_devices(const struct vi915_demo_report *report, FILE *out)
{
	fprintf(out, "A camera and two GPUs: each renders for the other, in buffers of %ux%u XR24.\n",
		report->width, report->height);
	fprintf(out, "  camera  vivid  %-15s  writes %u frames into buffers of GPU A\n",
		report->camera, report->frames);
	for (int i = 0; i < 2; i++)
		fprintf(out, "  GPU %c   vi915  %-15s  %-9s%s%s\n", vi915_demo_letters[i],
			report->gpus[i], report->outputs[i],
			*report->clocks[i] ? "  clock=" : "", report->clocks[i]);
	fprintf(out, "  check   vkms   %-15s  shows what GPUs copy to vgem's %s\n\n", report->vkms,
		report->vgem);
}

static void vi915_demo_report_row(const struct vi915_demo_row *row, FILE *out)
{
	static const char *const tilings[] = { "linear", "X tiles", "Y tiles" };
	char frames[24];

	snprintf(frames, sizeof(frames), "%u of %u", row->equal, row->frames);
	fprintf(out, "%c %-9c%-8c%-6c%-8s%-8s%08x  %08x  %08x  %08x\n",
		vi915_demo_row_good(row) ? ' ' : '!', vi915_demo_letters[row->renderer],
		vi915_demo_letters[row->owner], vi915_demo_letters[row->shower],
		tilings[row->tiling], frames, row->meant, row->shown, row->shot, row->checked);
}

static void vi915_demo_report_rows(const struct vi915_demo_report *report, FILE *out)
{
	fputs("  renders  buffer  shows tiling  right   CRC meant by CRTC   by shot   by vkms\n",
	      out);
	for (int i = 0; i < VI915_DEMO_ROWS; i++)
		vi915_demo_report_row(&report->rows[i], out);
}

static void vi915_demo_report_numbers(const struct vi915_demo_report *report, FILE *out)
{
	char one[32], two[32], three[32];
	size_t pages = 0, same = 0;
	unsigned int waits = 0;

	for (int i = 0; i < VI915_DEMO_ROWS; i++) {
		pages += report->rows[i].pages;
		same += report->rows[i].same;
		waits += report->rows[i].waits;
	}
	fprintf(out, "\n  Blits: %s by A, %s by B, %s bytes. Waits for pending fences: %u.\n",
		vi915_demo_grouped(report->blits[0], one),
		vi915_demo_grouped(report->blits[1], two),
		vi915_demo_grouped(report->moved[0] + report->moved[1], three), waits);
	fprintf(out, "  Shared: %s bytes; copied: %s. Marks seen in %zu of %zu pages.\n",
		vi915_demo_grouped(report->shared, one),
		vi915_demo_grouped(vi915_demo_report_copied(report), two), same, pages);
	/* In a form that a shell expands. */
	fprintf(out, "  %s/{outputs-on,rendering-by}-{a,b}.png\n", report->out);
}

/* Prints where it went wrong, by names that a programmer can search for. */
static void vi915_demo_report_trace(const struct vi915_demo_report *report, FILE *out)
{
	const struct vi915_demo_row *row = vi915_demo_report_wrong(report);
	char size[32];

	if (report->forgotten)
		fputs("\n  The forgotten wait: GPU B's flips carry an IN_FENCE_FD that is done already,\n"
		      "  that of the picture before, so they do not wait for GPU A's next one.\n",
		      out);
	if (report->forgotten && !row)
		fputs("  Nobody saw it this time: GPU A was always done in time. Try --clock lazy.\n",
		      out);
	if (!row)
		return;
	fprintf(out, "\n  frame   %u on GPU %c's output; %u of %u in this buffer shown wrong\n",
		row->wrong.frame, vi915_demo_letters[row->shower], row->wrong.frames, row->frames);
	fprintf(out, "  job     GPU %c's blits into the buffer, and GPU %c's flip to it\n",
		vi915_demo_letters[row->renderer], vi915_demo_letters[row->shower]);
	fprintf(out, "  buffer  dma-buf %llu of GPU %c, %s bytes, %s\n",
		(unsigned long long)row->buffer, vi915_demo_letters[row->owner],
		vi915_demo_grouped(row->size, size),
		row->tiling ? row->tiling == VI915_DEMO_TILED_X ? "X-tiled" : "Y-tiled" :
			      "linear");
	if (row->wrong.pending)
		fprintf(out, "  fence   %s %s, a write, pending when it was shown\n",
			row->wrong.driver, row->wrong.timeline);
	else
		fprintf(out, "  fence   GPU %c's write, done when it was shown\n",
			vi915_demo_letters[row->renderer]);
	if (row->wrong.shows)
		fprintf(out, "  shown   picture %u instead of %u\n", row->wrong.shows,
			row->wrong.frame);
	else
		fprintf(out, "  shown   no whole picture instead of %u\n", row->wrong.frame);
}

/**
 * vi915_demo_report_text() - print the report for people
 * @report: the report
 * @out: the file to print to
 */
void vi915_demo_report_text(const struct vi915_demo_report *report, FILE *out)
{
	bool good = vi915_demo_report_good(report);

	vi915_demo_report_devices(report, out);
	vi915_demo_report_rows(report, out);
	vi915_demo_report_numbers(report, out);
	vi915_demo_report_trace(report, out);
	if (good && report->forgotten)
		fputs("Passed, by luck: a wait was forgotten, but all was shown as it was meant.\n",
		      out);
	else if (good)
		fputs("Passed: all pictures were shown as they were meant, and nothing was copied.\n",
		      out);
	else if (report->forgotten)
		fputs("FAILED: a wait was forgotten, and what was shown is not what was meant.\n",
		      out);
	else
		fputs("FAILED: what was shown is not what was meant, or something was copied.\n",
		      out);
}
