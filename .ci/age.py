"""Gives sources the times by which Cargo judges what to compile.

A fresh clone makes every file new, so Cargo would compile everything again. Instead: a package in which nothing changed
since the last good run gets an old date, every other one a new date. What the last good run saw is kept in the target
folder, beside what was compiled from it. When in doubt, everything is new: a stale program is worse than a slow run.

    age.py begin <target folder>     before the build
    age.py end <target folder>       after a good run
"""

import os
import pathlib
import subprocess
import sys

OLD = 946_684_800  # 2000-01-01, older than anything that was ever compiled
# Not compiled by Cargo: a change there makes nothing old.
UNCOMPILED = ("docs/", "end2end/", "style/", ".ci/")


def hashes():
    """What each file of the repository holds now."""
    listed = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True).stdout
    files = [name for name in listed.split("\0") if os.path.isfile(name)]
    asked = subprocess.run(
        ["git", "hash-object", "--no-filters", "--stdin-paths"],
        check=True, capture_output=True, text=True, input="".join(f"{name}\n" for name in files),
    ).stdout.split()
    return dict(zip(files, asked, strict=True))


def package(name):
    """The package of a file; its own folder's name, or nothing for what belongs to all of them."""
    parts = name.split("/")
    depth = 2 if parts[0] in ("services", "shared", "deploy") else 1
    folder = "/".join(parts[:depth])
    return folder if len(parts) > depth and os.path.isfile(f"{folder}/Cargo.toml") else ""


def changed(before, now):
    """Packages in which a file is new, other or gone. Packages, not files: a macro may read a whole folder."""
    names = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
    return {package(name) for name in names if not name.startswith(UNCOMPILED)}


def begin(kept):
    now, before = hashes(), read(kept)
    new = changed(before, now)
    everything = "" in new or not before
    for name in now:
        if everything or package(name) in new or name.startswith(UNCOMPILED):
            os.utime(name)
        else:
            os.utime(name, (OLD, OLD))
    # Until the run was good, what is compiled from changed packages is known to nobody.
    known = {} if everything else {name: value for name, value in before.items() if package(name) not in new}
    write(kept, known)


def read(kept):
    try:
        lines = kept.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {name: value for value, name in (line.split(" ", 1) for line in lines)}


def write(kept, values):
    partial = kept.with_suffix(".next")
    partial.write_text("".join(f"{value} {name}\n" for name, value in values.items()), encoding="utf-8")
    partial.replace(kept)


def main(step, target):
    kept = pathlib.Path(target) / "sources"
    if step == "begin":
        begin(kept)
    else:
        write(kept, hashes())


if __name__ == "__main__":
    main(*sys.argv[1:])
