#!/usr/bin/python3
"""What the start of a container costs by sefaca, beside the engine's own run, on an image of busybox:
whole processes that run `true`, taking turns. Engines that are not here are left out."""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

IMAGE = "localhost/sefaca-bench:1"
ULIMITS = ["--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"]


def image(directory):
    for name in ("bin", "etc", "proc", "sys", "dev", "tmp"):
        os.makedirs(os.path.join(directory, name))
    shutil.copy("/bin/busybox", os.path.join(directory, "bin", "busybox"))
    for applet in ("sh", "true"):
        os.symlink("busybox", os.path.join(directory, "bin", applet))


def has_engine(engine):
    return shutil.which(engine) is not None and subprocess.run(
        [engine, "info"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sefaca", required=True)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as place:
        tree = os.path.join(place, "image")
        image(tree)
        os.makedirs(os.path.join(place, "work"))
        sefaca = [options.sefaca, "run", "--quiet", "--log=" + os.path.join(place, "log")]
        contenders = {"sefaca": sefaca + ["--", "/bin/true"]}
        engines = [engine for engine in ("podman", "docker") if has_engine(engine)]
        for engine in engines:
            archive = subprocess.Popen(["tar", "-C", tree, "-c", "."], stdout=subprocess.PIPE)
            subprocess.run([engine, "import", "-", IMAGE], stdin=archive.stdout, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            archive.wait()
            contenders[engine] = [engine, "run", "--rm", "--network=none", *ULIMITS, IMAGE, "true"]
            contenders["sefaca, " + engine] = sefaca + [
                "--backend=" + engine, "--container-image=" + IMAGE, "--", "true"]
        times = {name: [] for name in contenders}
        for turn in range(options.rounds + 1):
            for name, words in contenders.items():
                began = time.monotonic()
                subprocess.run(words, check=True, cwd=os.path.join(place, "work"))
                if turn > 0:  # the first one fills caches
                    times[name].append(1000 * (time.monotonic() - began))
        for name, all_times in times.items():
            print(f"  {name:18} median {statistics.median(all_times):8.1f} ms, "
                  f"best {min(all_times):8.1f} ms")
        for engine in engines:
            subprocess.run([engine, "rmi", "--force", IMAGE], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        if not engines:
            sys.exit("no container engine is here")


if __name__ == "__main__":
    main()
