// Where a step's processes run: on the runner's own machine, or in the job's container.
import { which } from './shells.js';

// `path`: the PATH of the runner's own environment.
export function machine(environment) {
  return {
    find: (program, path) => which(program, path),
    // A path, or a text with paths in it, as the step sees it.
    inside: (text) => text,
    basePath: environment.PATH,
    call: (argv, { cwd, env }) => ({ argv, cwd, env: { ...environment, ...env } }),
  };
}

// A running container that has `work` mounted at /__w. `engine`: the words before `exec`.
export function container(engine, name, work) {
  const inside = (text) => text.replaceAll(work, '/__w');
  return {
    // Nobody looks for it beforehand; where none was named it is sh.
    find: (program) => (program === 'bash' ? null : program),
    inside,
    basePath: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    call: (argv, { cwd, env }) => ({
      argv: [...engine, 'exec', '-i', '--workdir', inside(cwd),
        ...Object.entries({ HOME: '/github/home', ...env })
          .flatMap(([key, value]) => ['-e', `${key}=${inside(value)}`]),
        name, ...argv.map(inside)],
      cwd: work,
      env: process.env,
    }),
  };
}

