"""A tree as a value: names, kinds, contents, modes, owners, times, attributes, flags."""

import os
import stat

from outsiders import file_flags


def of_path(path):
    info = os.lstat(path)
    kind = stat.S_IFMT(info.st_mode)
    content = None
    if kind == stat.S_IFREG:
        with open(path, "rb") as file:
            content = file.read()
    elif kind == stat.S_IFLNK:
        content = os.readlink(path)
    attributes = ()
    flags = 0
    if kind in (stat.S_IFREG, stat.S_IFDIR):
        attributes = tuple((name, os.getxattr(path, name)) for name in sorted(os.listxattr(path)))
        flags = file_flags(path)
    return (kind, info.st_mode, info.st_uid, info.st_gid, info.st_ino, info.st_nlink,
            info.st_mtime_ns, info.st_ctime_ns, content, attributes, flags)


def of_tree(root, leave_out=()):
    """Path to value, for the root and all below; `leave_out`: names that are passed over."""
    if not os.path.lexists(root):
        return {}
    found = {root: of_path(root)}
    for directory, names, files in os.walk(root):
        names[:] = [name for name in names if name not in leave_out]
        for name in names + [name for name in files if name not in leave_out]:
            path = os.path.join(directory, name)
            found[path] = of_path(path)
    return found
