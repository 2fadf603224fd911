#!/bin/sh
# What the supervisor performs: work in a repository goes on as ever, what is protected in it stays,
# and metadata changes below the writable paths alone. Each attempt is shown to succeed bare first.
# shellcheck disable=SC2016  # what is tried is for the inner shell
. "$(dirname -- "$0")/../lib.sh"

for who in $people; do
  here=$(place_of "$who")
  home=$(home_of "$who")
  log=$home/audit.jsonl
  fresh() {  # a repository with one commit, as somebody left it
    as "$who" sh -c 'rm -rf -- * .[!.]* && git init -q . && git config user.email a@b && git config user.name n &&
      echo a >a && mkdir src && echo b >src/b && git add . && git commit -qm first && echo x >.envrc &&
      mkdir -p ~/other ~/.ssh && echo k >~/.ssh/id && : >~/other/f && chmod 644 ~/other/f' || exit 1
  }
  # shellcheck disable=SC2088  # expanded by the shell that runs it
  shape='find .git/hooks .git/config ~/other ~/.ssh -printf "%p %m %u %s %n\n" | sort; find ~/other/f -printf "%T@\n"; cat .envrc .git/config'
  refused() {  # refused NAME COMMAND: done bare; under sefaca refused, named, and nothing is changed
    fresh
    attempt as "$who" sh -c "$2"
    exits "$who: $1: bare" 0
    fresh
    before=$(as "$who" sh -c "$shape")
    attempt as "$who" sefaca run "--log=$log" -- sh -c "$2"
    exits_not_zero "$who: $1: refused"
    check "$who: $1: named" [ "$(field "$log" "any(v['violation'] == 'filesystem_write_denied' for v in r['violations'])")" = True ]
    after=$(as "$who" sh -c "$shape")
    check "$who: $1: unchanged" [ "$before" = "$after" ]
    absent "$who: $1: nothing made" "$here/.vscode"
  }
  refused 'a hook' 'echo evil >.git/hooks/pre-commit'
  refused 'the configuration' 'echo evil >>.git/config'
  refused 'git config' 'git config a.b c'
  refused 'moving the git directory' 'mv .git .git2 && mv .git2 .git'
  refused 'moving the hooks' 'mv .git/hooks .git/h2 && mv .git/h2 .git/hooks'
  refused 'removing the hooks' 'rm -r .git/hooks && mkdir .git/hooks'
  refused 'a hard link' 'ln .git/config x && echo evil >>x'
  refused 'a link' 'ln -s .git/config x && echo evil >>x'
  refused 'exchanging' "/usr/bin/python3 -c 'import ctypes, os; open(\"t\", \"w\").close(); c = ctypes.CDLL(None); raise SystemExit(c.renameat2(-100, b\"t\", -100, b\".git/config\", 2) != 0)'"
  refused 'an .envrc' 'echo evil >>.envrc'
  refused 'an .envrc by rename' 'echo evil >t && mv -f t .envrc'
  refused 'an absent .vscode' 'mkdir .vscode && rmdir .vscode'
  refused 'truncating' 'truncate -s 0 .git/config'
  refused 'chmod outside' 'chmod 600 ~/other/f'
  refused 'chmod of a secret' "/usr/bin/python3 -c 'import os; os.chmod(os.path.expanduser(\"~/.ssh/id\"), 0o644)'"
  refused 'chmod by descriptor' "/usr/bin/python3 -c 'import os; os.fchmod(os.open(os.path.expanduser(\"~/other/f\"), os.O_RDONLY), 0o600)'"
  refused 'times outside' 'touch -c -d 2001-01-01 ~/other/f'
  refused 'chown outside' "chown \$(id -u) ~/other/f"
  refused 'attributes outside' "/usr/bin/python3 -c 'import os; os.setxattr(os.path.expanduser(\"~/other/f\"), \"user.x\", b\"1\")'"

  free() {  # free NAME COMMAND: works as it does bare, without a violation
    fresh
    attempt as "$who" sh -ec "$2"
    exits "$who: $1: bare" 0
    fresh
    attempt as "$who" sefaca run "--log=$log" -- sh -ec "$2"
    exits "$who: $1" 0
    check "$who: $1: no violation" [ "$(field "$log" "r['violations']")" = '[]' ]
  }
  free 'a new file by its descriptor' '(echo e >/dev/stderr) 2>err; (echo o >/proc/self/fd/1) >out; cat err out'
  free 'a commit' 'echo new >c; echo more >>src/b; git add -A; git commit -qm second; git gc -q; test -z "$(git status --short)"'
  free 'a worktree' 'git worktree add -q wt; cd wt; echo z >z; git add z; git commit -qm wt; git log -1 --format=%s | grep -qx wt'
  free 'a repository of its own' 'mkdir d; cd d; git init -q .; git config a.b c; echo hi >.git/hooks/x; git remote add o ../; git fetch -q o; cd ..; git clone -q . d2; rm -rf d d2'
  free 'files' 'mkdir e; echo 1 >e/1; chmod 750 e/1; mv e/1 e/2; ln e/2 e/3; ln -s 2 e/4; cp -a e e2; sed -i s/1/2/ e/2; grep -qx 2 e/2; test "$(stat -c %a e2/2)" = 750'
  free 'an archive' 'mkdir e; echo 1 >e/1; touch -d 2001-01-01 e/1; tar cf e.tar e; rm -r e; tar xf e.tar; test "$(stat -c %Y e/1)" = "$(date -d 2001-01-01 +%s)"; install -m 711 e/1 i; test "$(stat -c %a i)" = 711'
  free 'umask and modes' 'umask 027; : >m; mkdir n; test "$(stat -c %a m n | tr "\n" " ")" = "640 750 "'
  free 'a fifo' 'mkfifo p; (echo through >p) & cat p | grep -qx through; wait'
  free 'a program that was built' 'echo "int main(){return 0;}" >p.c; cc p.c -o p; ./p; ar rc p.a p.c'
  free 'a relative path by descriptor' "/usr/bin/python3 -c 'import os; d = os.open(\".\", os.O_RDONLY); os.mkdir(\"q\", dir_fd=d); f = os.open(\"q/r\", os.O_CREAT | os.O_RDWR | os.O_EXCL, dir_fd=d); os.write(f, b\"x\"); os.ftruncate(f, 0); os.fchmod(f, 0o600); os.rename(\"q/r\", \"s\", src_dir_fd=d, dst_dir_fd=d); os.utime(\"s\", (1, 1), dir_fd=d); os.unlink(\"s\", dir_fd=d)'"
  free 'a socket' "/usr/bin/python3 -c 'import socket; s = socket.socket(socket.AF_UNIX); s.bind(\"k\"); s.listen(1); c = socket.socket(socket.AF_UNIX); c.connect(\"k\")'"

  # The flag that is suggested lifts the protection.
  fresh
  attempt as "$who" sefaca run --readwrite=.git/config "--log=$log" -- git config a.b c
  exits "$who: --readwrite=.git/config" 0
  # The log itself, below the working directory.
  attempt as "$who" sefaca run --log=own.jsonl -- sh -c 'echo forged >>own.jsonl || rm own.jsonl || mv own.jsonl x'
  exits_not_zero "$who: the log in the working directory"
  check "$who: nothing was forged" sh -c "! grep -qx forged '$here/own.jsonl'"
done

finish
