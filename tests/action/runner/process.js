// A step's process: its lines as they come, and its end when the job is cancelled.
import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';

const kUntilTerm = 7500;  // ms after the interrupt
const kUntilKill = 2500;  // ms after that
const kDrain = 5000;      // ms that output may outlive the process

function readLines(stream, take) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop();
    for (const line of lines) take(line.replace(/\r$/, ''));
  });
  return () => {
    if (rest !== '') take(rest);
    rest = '';
  };
}

// Runs it to its end; the exit code, 128+N for signal N. `cancellation`: aborted when the job is
// cancelled; then the process gets SIGINT, later SIGTERM, at last SIGKILL.
export function runProcess(argv, { cwd, env }, take, cancellation) {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.on('error', () => {});
    child.stdin.end();
    const ends = [readLines(child.stdout, take), readLines(child.stderr, take)];
    const timers = [];
    const cancel = () => {
      child.kill('SIGINT');
      timers.push(setTimeout(() => child.kill('SIGTERM'), kUntilTerm));
      timers.push(setTimeout(() => child.kill('SIGKILL'), kUntilTerm + kUntilKill));
    };
    cancellation.addEventListener('abort', cancel, { once: true });
    const finish = (code, signal) => {
      cancellation.removeEventListener('abort', cancel);
      timers.forEach(clearTimeout);
      ends.forEach((end) => end());
      resolve(signal ? 128 + kSignals[signal] : code);
    };
    child.on('error', reject);
    child.on('exit', (code, signal) => timers.push(setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, kDrain)));
    child.on('close', finish);
  });
}

const kSignals = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };
