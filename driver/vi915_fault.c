// SPDX-License-Identifier: GPL-2.0-only OR MIT

#include <drm/drm_vma_manager.h>
#include <kunit/visibility.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pfn_t.h>

#include "vi915_fault.h"
#include "vi915_gem.h"
#include "vi915_mmap.h"
#include "vi915_pages.h"
#include "vi915_view.h"

/**
 * DOC: page faults
 *
 * A fault also maps the pages around it, up to VI915_FAULT_PAGES, since a fault
 * costs much more than a page table entry. It takes the reservation, which jobs
 * hold only during submission, and waits for no fence: user space waits with
 * SET_DOMAIN or DMA_BUF_IOCTL_SYNC.
 *
 * If the kernel can mark a huge mapping as one of page frames, and a huge page
 * lies behind the fault, one huge entry replaces the many small ones.
 *
 * Mappings hold page frames, not struct pages, so get_user_pages() cannot pin
 * memory that may move. Debuggers read and write through vm_ops->access.
 *
 * If an object has a second copy of its bytes (vi915_view.c), pages that are
 * valid on both sides are mapped read-only. All mappings have pfn_mkwrite, to
 * hear of the first write; for it the memory core keeps vma->vm_page_prot
 * read-only.
 */

/**
 * vi915_fault_around() - which pages of a mapping one fault maps
 * @address: address of the fault
 * @vm_start: first byte of the mapping
 * @vm_end: byte after the last
 *
 * Return: the pages of the naturally aligned window around @address that lie
 * in the mapping.
 */
struct vi915_fault_range vi915_fault_around(unsigned long address,
					    unsigned long vm_start,
					    unsigned long vm_end)
{
	unsigned long window = (unsigned long)VI915_FAULT_PAGES << PAGE_SHIFT;
	unsigned long first = max(ALIGN_DOWN(address, window), vm_start);
	unsigned long rest = min(vm_end - first,
				 window - (first & (window - 1)));

	return (struct vi915_fault_range){
		.first = (first - vm_start) >> PAGE_SHIFT,
		.end = (first - vm_start + rest) >> PAGE_SHIFT,
	};
}
EXPORT_SYMBOL_IF_KUNIT(vi915_fault_around);

/**
 * vi915_fault_around_huge() - which pages one huge mapping would map
 * @address: address of the fault
 * @vm_start: first byte of the mapping
 * @vm_end: byte after the last
 * @range: out: the pages, if the answer is yes
 *
 * Return: whether all of the huge page around @address lies in the mapping.
 */
bool vi915_fault_around_huge(unsigned long address, unsigned long vm_start,
			     unsigned long vm_end,
			     struct vi915_fault_range *range)
{
	unsigned long first = ALIGN_DOWN(address, PMD_SIZE);

	if (first < vm_start || vm_end - first < PMD_SIZE)
		return false;

	range->first = (first - vm_start) >> PAGE_SHIFT;
	range->end = range->first + (PMD_SIZE >> PAGE_SHIFT);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(vi915_fault_around_huge);

/* The object's page at which a mapping begins. */
static pgoff_t vi915_fault_origin(const struct vi915_bo *bo,
				  const struct vm_area_struct *vma)
{
	/* The views of an object lie one after the other. */
	return (vma->vm_pgoff - drm_vma_node_start(&bo->base.vma_node)) %
	       vi915_bo_pages(bo);
}

static enum vi915_side vi915_fault_side(const struct vi915_bo *bo,
					const struct vm_area_struct *vma)
{
	pgoff_t in_node =
		vma->vm_pgoff - drm_vma_node_start(&bo->base.vma_node);

	return vi915_view_side(bo, in_node / vi915_bo_pages(bo) ==
				   VI915_VIEW_GTT);
}

static vm_fault_t vi915_fault_to_vm(int err)
{
	switch (err) {
	case 0:
	case -EAGAIN:
	case -EINTR:
	case -ERESTARTSYS:
		/*
		 * Done, or an exporter wants a retry. Not every kernel checks
		 * signals or reschedules before it retries.
		 */
		cond_resched();
		return VM_FAULT_NOPAGE;
	default:
		/*
		 * -ENOMEM too: pages are allocated without the OOM killer, so
		 * VM_FAULT_OOM would repeat the same fault for ever.
		 */
		return VM_FAULT_SIGBUS;
	}
}

/*
 * Writable entries start dirty: there is no dirty accounting without struct
 * pages. A processor would set the bit by itself, but User-Mode Linux takes
 * another fault to set it.
 */
static pgprot_t vi915_fault_prot(const struct vm_area_struct *vma)
{
	pgprot_t writable = vm_get_page_prot(vma->vm_flags);

	if (!(vma->vm_flags & VM_WRITE))
		return vma->vm_page_prot;
	/* pgprot_modify() would need a variable that x86 does not export. */
	return __pgprot(pgprot_val(vma->vm_page_prot) | pgprot_val(writable) |
			_PAGE_DIRTY);
}

static vm_fault_t vi915_fault_insert(struct vi915_bo *bo,
				     struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	pgoff_t origin = vi915_fault_origin(bo, vma);
	struct vi915_fault_range range =
		vi915_fault_around(vmf->address, vma->vm_start, vma->vm_end);
	pgprot_t prot = vi915_fault_prot(vma);
	vm_fault_t ret = VM_FAULT_NOPAGE;
	pgoff_t i;

	/* Another thread mapped a huge page after this fault fell back. */
	if (pmd_trans_huge(pmdp_get_lockless(vmf->pmd)))
		return VM_FAULT_NOPAGE;

	for (i = range.first; i < range.end; i++) {
		ret = vmf_insert_pfn_prot(vma,
					  vma->vm_start + (i << PAGE_SHIFT),
					  vi915_pages_frame(bo, origin + i),
					  prot);
		if (ret != VM_FAULT_NOPAGE)
			break;
	}
	return ret;
}

/* Makes the fault's page valid, and maps all valid pages of its window. */
static vm_fault_t vi915_fault_insert_side(struct vi915_bo *bo,
					  struct vm_fault *vmf,
					  enum vi915_side side)
{
	struct vm_area_struct *vma = vmf->vma;
	pgoff_t origin = vi915_fault_origin(bo, vma);
	struct vi915_fault_range range =
		vi915_fault_around(vmf->address, vma->vm_start, vma->vm_end);
	pgprot_t prot = vi915_fault_prot(vma);
	vm_fault_t ret = VM_FAULT_NOPAGE;
	pgoff_t at, i;
	int err;

	at = (vmf->address - vma->vm_start) >> PAGE_SHIFT;
	err = vi915_view_fault(bo, side, origin + range.first,
			       origin + range.end, origin + at,
			       vmf->flags & FAULT_FLAG_WRITE);
	if (err)
		return vi915_fault_to_vm(err);

	for (i = range.first; i < range.end && ret == VM_FAULT_NOPAGE; i++) {
		pgoff_t page = origin + i;

		if (!vi915_view_is_valid(bo, side, page))
			continue;
		ret = vmf_insert_pfn_prot(vma,
					  vma->vm_start + (i << PAGE_SHIFT),
					  vi915_view_frame(bo, side, page),
					  vi915_view_is_writable(bo, side, page) ?
						  prot : vma->vm_page_prot);
	}
	return ret;
}

static vm_fault_t vi915_fault(struct vm_fault *vmf)
{
	struct vi915_bo *bo = vmf->vma->vm_private_data;
	enum vi915_side side;
	vm_fault_t ret;
	int err;

	/*
	 * Not interruptible: User-Mode Linux retries a fault without checking
	 * signals, so the holder of the lock would never run.
	 */
	dma_resv_lock(bo->base.resv, NULL);

	/* Both directions: mprotect() can add write access without a call. */
	side = vi915_fault_side(bo, vmf->vma);
	err = vi915_pages_ensure(bo, DMA_BIDIRECTIONAL);
	if (err)
		ret = vi915_fault_to_vm(err);
	else if (vi915_view_is_split(bo, side))
		ret = vi915_fault_insert_side(bo, vmf, side);
	else
		ret = vi915_fault_insert(bo, vmf);

	vi915_bo_unlock(bo);
	return ret;
}

/*
 * First write to a page that is mapped read-only. It is faulted in anew, since
 * its neighbours' entries may change too. The memory core would make the entry
 * writable only after the reservation is released.
 */
static vm_fault_t vi915_fault_mkwrite(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct vi915_fault_range range =
		vi915_fault_around(vmf->address, vma->vm_start, vma->vm_end);

	zap_vma_ptes(vma, vma->vm_start + (range.first << PAGE_SHIFT),
		     (range.end - range.first) << PAGE_SHIFT);
	return vi915_fault(vmf);
}

/* Do these pages of an object make up one huge page? */
static bool vi915_fault_is_huge(const struct vi915_bo *bo, pgoff_t first,
				pgoff_t end)
{
	unsigned long pfn = vi915_pages_frame(bo, first);
	pgoff_t i;

	if (!IS_ALIGNED(pfn, end - first))
		return false;
	for (i = first + 1; i < end; i++)
		if (vi915_pages_frame(bo, i) != pfn + (i - first))
			return false;
	return true;
}

static vm_fault_t vi915_fault_insert_huge(struct vi915_bo *bo,
					  struct vm_fault *vmf,
					  const struct vi915_fault_range *range)
{
	pgoff_t origin = vi915_fault_origin(bo, vmf->vma);
	pmd_t pmd = pmdp_get_lockless(vmf->pmd);
	unsigned long pfn;

	/* Another thread mapped small pages since this fault began. */
	if (!pmd_none(pmd) && !pmd_trans_huge(pmd))
		return VM_FAULT_FALLBACK;
	if (!vi915_fault_is_huge(bo, origin + range->first,
				 origin + range->end))
		return VM_FAULT_FALLBACK;

	pfn = vi915_pages_frame(bo, origin + range->first);
	return vmf_insert_pfn_pmd(vmf, __pfn_to_pfn_t(pfn, PFN_DEV),
				  vmf->vma->vm_flags & VM_WRITE);
}

static vm_fault_t vi915_fault_huge(struct vm_fault *vmf, unsigned int order)
{
	const struct vm_area_struct *vma = vmf->vma;
	struct vi915_bo *bo = vma->vm_private_data;
	struct vi915_fault_range range;
	vm_fault_t ret;
	int err;

	/* Without the mark, get_user_pages() could pin the huge page. */
	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP) || order != PMD_ORDER)
		return VM_FAULT_FALLBACK;
	if (!vi915_fault_around_huge(vmf->address, vma->vm_start, vma->vm_end,
				     &range))
		return VM_FAULT_FALLBACK;

	dma_resv_lock(bo->base.resv, NULL);

	err = vi915_pages_ensure(bo, DMA_BIDIRECTIONAL);
	if (err)
		ret = vi915_fault_to_vm(err);
	else if (vi915_view_is_split(bo, vi915_fault_side(bo, vma)))
		ret = VM_FAULT_FALLBACK;
	else
		ret = vi915_fault_insert_huge(bo, vmf, &range);

	vi915_bo_unlock(bo);
	return ret;
}

static int vi915_fault_copy(struct vi915_bo *bo, enum vi915_side side,
			    unsigned long offset, void *buf, int len, int write)
{
	int done = 0;

	while (done < len) {
		unsigned int at = offset_in_page(offset);
		int n = min_t(int, len - done, PAGE_SIZE - at);
		unsigned long pfn =
			vi915_view_frame(bo, side, offset >> PAGE_SHIFT);
		void *page;

		/* Device memory has no struct pages to map. */
		if (!pfn_valid(pfn))
			return -EFAULT;

		page = kmap_local_page(pfn_to_page(pfn));
		if (write)
			memcpy(page + at, buf + done, n);
		else
			memcpy(buf + done, page + at, n);
		kunmap_local(page);

		offset += n;
		done += n;
	}
	return len;
}

/*
 * All or nothing: a debugger would take a short answer for the whole one. It
 * may read what is not mapped for reading, but, as with any shared mapping, may
 * write only what the process itself can write: a dma-buf that was exported
 * read-only stays unchanged.
 */
static int vi915_fault_access(struct vm_area_struct *vma, unsigned long addr,
			      void *buf, int len, int write)
{
	struct vi915_bo *bo = vma->vm_private_data;
	unsigned long offset = addr - vma->vm_start;
	enum vi915_side side;
	int ret;

	if (len <= 0 || len > vma->vm_end - addr)
		return -EINVAL;
	if (!(vma->vm_flags & (write ? VM_WRITE : VM_MAYREAD)))
		return -EACCES;
	offset += vi915_fault_origin(bo, vma) << PAGE_SHIFT;

	ret = vi915_bo_lock(bo);
	if (ret)
		return ret;

	side = vi915_fault_side(bo, vma);
	ret = vi915_pages_ensure(bo, DMA_BIDIRECTIONAL);
	if (!ret)
		ret = vi915_view_access(bo, side, offset >> PAGE_SHIFT,
					PFN_UP(offset + len), write);
	if (!ret)
		ret = vi915_fault_copy(bo, side, offset, buf, len, write);

	vi915_bo_unlock(bo);
	return ret;
}

static void vi915_fault_open(struct vm_area_struct *vma)
{
	struct vi915_bo *bo = vma->vm_private_data;

	drm_gem_object_get(&bo->base);

	/*
	 * fork() copies a huge entry without checking whether it was zapped
	 * meanwhile, so the child could keep pages the object no longer has.
	 * Zap all entries now, so fork() finds none; the parent cannot fault
	 * before fork() ends.
	 */
	if (IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP) &&
	    vma->vm_mm != current->mm)
		vi915_mmap_zap(bo);
}

static void vi915_fault_close(struct vm_area_struct *vma)
{
	struct vi915_bo *bo = vma->vm_private_data;

	/* munmap ends CPU use: convert back what importers will read. */
	vi915_view_settle_unlocked(bo);
	vi915_bo_put(bo);
}

const struct vm_operations_struct vi915_fault_vm_ops = {
	.open = vi915_fault_open,
	.close = vi915_fault_close,
	.fault = vi915_fault,
	.huge_fault = vi915_fault_huge,
	.pfn_mkwrite = vi915_fault_mkwrite,
	.access = vi915_fault_access,
};
