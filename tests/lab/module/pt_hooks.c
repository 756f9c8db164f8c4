// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a rootkit does, and no harm: the functions that it puts in the place of the kernel's own call
 * these. `do=WORD,…` says what; all of it is undone as the module is removed, but that one that hides
 * stays. It prints what it did and where its own parts lie, for tests to compare with.
 *
 * The kernel exports none of the symbols that this needs: their addresses are given (`at_…`).
 */
#include <linux/cdev.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/umh.h>

MODULE_LICENSE("GPL");
MODULE_VERSION("1.7");
MODULE_DESCRIPTION("Hooks for tests of their detection");

static char *do_ = "";
module_param_named(do, do_, charp, 0);
static unsigned long at_table, at_tcp, at_proc, at_modules;
module_param(at_table, ulong, 0);
module_param(at_tcp, ulong, 0);
module_param(at_proc, ulong, 0);
module_param(at_modules, ulong, 0);
static unsigned int number;
module_param(number, uint, 0);

static unsigned long table_was, show_was, iterate_was, lists_was;

/* Constants are read-only; the processor can be told to overlook that. */
static void overwrite(unsigned long *place, unsigned long value)
{
	unsigned long cr0 = read_cr0();

	preempt_disable();
	asm volatile("mov %0, %%cr0" : : "r"(cr0 & ~X86_CR0_WP) : "memory");
	WRITE_ONCE(*place, value);
	asm volatile("mov %0, %%cr0" : : "r"(cr0) : "memory");
	preempt_enable();
}

static asmlinkage long hooked_call(const struct pt_regs *regs)
{
	return ((long (*)(const struct pt_regs *))table_was)(regs);
}

static int hooked_show(struct seq_file *file, void *at)
{
	return ((int (*)(struct seq_file *, void *))show_was)(file, at);
}

static int hooked_iterate(struct file *file, struct dir_context *context)
{
	return ((int (*)(struct file *, struct dir_context *))iterate_was)(file, context);
}

/* Leaves this module out of /proc/modules. */
static int hooked_list(struct seq_file *file, void *at)
{
	if (list_entry(at, struct module, list) == THIS_MODULE)
		return 0;
	return ((int (*)(struct seq_file *, void *))lists_was)(file, at);
}

static int shows_nothing(struct seq_file *file, void *at)
{
	return 0;
}

static int opens(struct inode *inode, struct file *file)
{
	return single_open(file, shows_nothing, NULL);
}

static const struct proc_ops proc_operations = {
	.proc_open = opens, .proc_read = seq_read, .proc_release = single_release,
};
static const struct file_operations operations = {
	.owner = THIS_MODULE, .open = opens, .read = seq_read, .release = single_release,
};

static int before(struct kprobe *probe, struct pt_regs *regs)
{
	return 0;
}

static struct kprobe probe = {.symbol_name = "ksys_sync", .pre_handler = before};
static struct dentry *folder;
static int major;

static int wants(const char *word)
{
	return strstr(do_, word) != NULL;
}

static void announce(void)
{
	char *argv[] = {"/bin/true", "pt-argument", NULL}, *envp[] = {"PT=1", NULL};

	proc_create("pt-proc", 0444, NULL, &proc_operations);
	folder = debugfs_create_dir("pt-folder", NULL);
	debugfs_create_file("pt-file", 0400, folder, NULL, &operations);
	major = register_chrdev(0, "pt-chrdev", &operations);
	register_kprobe(&probe);
	call_usermodehelper(argv[0], argv, envp, UMH_WAIT_PROC);
	pr_info("pt: announce proc %px file %px major %x probe %px\n", &proc_operations, &operations,
		major, before);
}

static void hook(void)
{
	struct file_operations *proc = (void *)at_proc;
	struct seq_operations *tcp = (void *)at_tcp, *modules = (void *)at_modules;
	unsigned long *table = (void *)at_table;

	if (wants("table")) {
		table_was = table[number];
		overwrite(&table[number], (unsigned long)hooked_call);
	}
	if (wants("tcp")) {
		show_was = (unsigned long)tcp->show;
		overwrite((unsigned long *)&tcp->show, (unsigned long)hooked_show);
	}
	if (wants("proc")) {
		iterate_was = (unsigned long)proc->iterate_shared;
		overwrite((unsigned long *)&proc->iterate_shared, (unsigned long)hooked_iterate);
	}
	if (wants("modules")) {
		lists_was = (unsigned long)modules->show;
		overwrite((unsigned long *)&modules->show, (unsigned long)hooked_list);
	}
}

static int __init start(void)
{
	if (wants("fail"))
		return -ENODEV;
	if (wants("announce"))
		announce();
	hook();
	if (wants("hide"))
		list_del_init(&THIS_MODULE->list);
	if (wants("leave")) /* /sys/module too */
		kobject_del(&THIS_MODULE->mkobj.kobj);
	pr_info("pt: %s module %px call %px show %px\n", do_, THIS_MODULE, hooked_call,
		hooked_show);
	return 0;
}

static void __exit end(void)
{
	struct file_operations *proc = (void *)at_proc;
	struct seq_operations *tcp = (void *)at_tcp, *modules = (void *)at_modules;

	if (table_was)
		overwrite((unsigned long *)at_table + number, table_was);
	if (show_was)
		overwrite((unsigned long *)&tcp->show, show_was);
	if (iterate_was)
		overwrite((unsigned long *)&proc->iterate_shared, iterate_was);
	if (lists_was)
		overwrite((unsigned long *)&modules->show, lists_was);
	if (wants("announce")) {
		unregister_kprobe(&probe);
		unregister_chrdev(major, "pt-chrdev");
		debugfs_remove_recursive(folder);
		remove_proc_entry("pt-proc", NULL);
	}
}

module_init(start);
module_exit(end);
