// A job of a workflow, run as GitHub's runner runs it, as far as this project's action and its
// examples need that: run and composite steps, expressions, files, commands, conditions, outputs.
// It is not the runner: what that does beside is not here.
import { randomUUID } from 'node:crypto';
import {
  chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'yaml';

import { condition, text, texts } from './expressions.js';
import { makeFiles, readFiles } from './file_commands.js';
import { machine } from './hosts.js';
import { runKnown } from './known_actions.js';
import { runProcess } from './process.js';
import { shellOf } from './shells.js';
import { Commands } from './workflow_commands.js';

const kMasked = '***';

// Options of `runJob`:
//   workflow     text of the workflow
//   job          which of its jobs; its first where it is not named
//   place        an empty directory, for all that the runner keeps
//   environment  what the runner itself was started with
//   actions      {"OWNER/REPO": directory}: what `uses:` finds there
//   repository   directory that actions/checkout gives
//   cache        directory of actions/cache
//   secrets, server, container (of hosts.js), matrix
//   cancelWhen   a line of the log at which the job is cancelled
class Job {
  constructor(options) {
    this.options = options;
    this.place = options.place;
    this.workDirectory = join(options.place, '_work');
    this.workspace = join(this.workDirectory, 'project/project');
    this.temporary = join(this.workDirectory, '_temp');
    this.host = options.container ?? machine(options.environment);
    this.token = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz';
    this.status = 'success';
    this.env = {};    // by GITHUB_ENV
    this.path = [];   // by GITHUB_PATH, the last first
    this.masks = [this.token, ...Object.values(options.secrets ?? {})];
    this.atEnd = [];
    this.log = [];
    this.cancellation = new AbortController();
    this.workflow = parse(options.workflow);
    this.name = options.job ?? Object.keys(this.workflow.jobs)[0];
    this.definition = this.workflow.jobs[this.name];
    for (const directory of [this.workspace, this.temporary, join(this.workDirectory, '_tool')])
      mkdirSync(directory, { recursive: true });
    mkdirSync(join(this.temporary, '_github_workflow'));
    writeFileSync(this.eventPath, JSON.stringify({ pull_request: { number: 1 } }));
  }

  get eventPath() { return join(this.temporary, '_github_workflow/event.json'); }
  get server() { return this.options.server ?? 'https://github.com'; }

  github(step) {
    return {
      action: step?.id ?? '',
      action_path: step?.actionPath ?? '',
      action_repository: step?.actionRepository ?? '',
      action_ref: step?.actionRef ?? '',
      actor: 'somebody',
      event_name: 'pull_request',
      job: this.name,
      ref: 'refs/pull/1/merge',
      ref_name: this.options.refName ?? '1/merge',
      repository: 'OWNER/project',
      run_id: '1',
      server_url: this.server,
      sha: '0'.repeat(40),
      token: this.token,
      workflow: this.workflow.name ?? '',
      workspace: this.workspace,
    };
  }

  runnerContext() {
    return { os: 'Linux', arch: 'X64', name: 'test', environment: 'github-hosted',
      temp: this.temporary, tool_cache: join(this.workDirectory, '_tool') };
  }

  // What every step finds, beside what the workflow sets.
  defaults(step) {
    const out = { CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_EVENT_PATH: this.eventPath };
    for (const [name, value] of Object.entries(this.github(step))) {
      if (name !== 'token') out[`GITHUB_${name.toUpperCase()}`] = value;
    }
    // Not there for the run steps of a composite action.
    delete out.GITHUB_ACTION_REPOSITORY;
    delete out.GITHUB_ACTION_REF;
    if (!step.actionPath) delete out.GITHUB_ACTION_PATH;
    for (const [name, value] of Object.entries(this.runnerContext()))
      out[`RUNNER_${name.toUpperCase()}`] = value;
    if (this.definition.permissions?.['id-token'] === 'write') {
      out.ACTIONS_ID_TOKEN_REQUEST_TOKEN = 'id-token-0123456789';
      out.ACTIONS_ID_TOKEN_REQUEST_URL = 'https://token.example/';
    }
    return out;
  }

  masked(line) {
    return this.masks.reduce((out, mask) => out.replaceAll(mask, kMasked), line);
  }

  print(line) {
    const shown = this.masked(line);
    this.log.push(shown);
    if (this.options.cancelWhen === line && this.status !== 'cancelled') {
      this.status = 'cancelled';
      this.cancellation.abort();
    }
  }

  async run() {
    const contexts = {
      secrets: { ...this.options.secrets, GITHUB_TOKEN: this.token },
      vars: {}, inputs: {}, needs: this.options.needs ?? {}, strategy: {},
      matrix: this.options.matrix ?? {},
    };
    const jobEnv = {
      ...texts(this.workflow.env, { ...contexts, github: this.github() }),
      ...texts(this.definition.env, { ...contexts, github: this.github() }),
    };
    const steps = {};
    const scope = {
      contexts, steps, env: jobEnv, defaults: this.definition.defaults?.run ?? {},
      status: () => this.status,
      failed: () => { if (this.status === 'success') this.status = 'failure'; },
    };
    const reports = await this.runSteps(this.definition.steps, scope);
    for (const action of this.atEnd.reverse()) action();
    return {
      conclusion: this.status, steps: reports, log: this.log, env: this.env, path: this.path,
      outputs: texts(this.definition.outputs, { ...contexts, github: this.github(), steps }),
      workspace: this.workspace, temporary: this.temporary,
    };
  }

  async runSteps(definitions, scope) {
    const reports = [];
    for (const [index, definition] of definitions.entries())
      reports.push(await this.runStep(definition, index, scope));
    return reports;
  }

  contextsOf(scope, step, env) {
    return {
      ...scope.contexts, github: this.github(step),
      runner: this.runnerContext(), job: { status: this.status }, steps: scope.steps, env,
    };
  }

  async runStep(definition, index, scope) {
    const kind = definition.uses ? definition.uses.split('@')[0].replaceAll('/', '_') : 'run';
    const step = { ...scope.action, id: definition.id ?? `__${kind}_${index + 1}` };
    const report = { id: definition.id, name: definition.name, outcome: 'skipped',
      conclusion: 'skipped', outputs: {}, lines: [], annotations: [], summary: '', steps: [] };
    const before = { ...scope.env, ...this.env, ...scope.overrides };
    const outer = this.contextsOf(scope, step, before);
    if (condition(definition.if, outer, scope.status())) {
      try {
        const own = texts(definition.env, outer);
        const env = { ...before, ...own };
        const contexts = this.contextsOf(scope, step, env);
        const code = definition.uses !== undefined
          ? await this.runUses(definition, contexts, scope, { ...scope.overrides, ...own }, report)
          : await this.runScript(definition, step, contexts, env, scope.defaults, report);
        report.outcome = code === 0 ? 'success' : 'failure';
      } catch (error) {
        report.outcome = 'failure';
        report.annotations.push({ type: 'error', message: error.message });
        this.print(`Error: ${error.message}`);
      }
      if (this.status === 'cancelled' && report.outcome === 'failure') report.outcome = 'cancelled';
      const forgiven = text(definition['continue-on-error'], outer) === 'true';
      report.conclusion = forgiven ? 'success' : report.outcome;
      if (report.conclusion !== 'success') scope.failed();
    }
    if (definition.id) {
      scope.steps[definition.id] = { outputs: report.outputs, outcome: report.outcome,
        conclusion: report.conclusion };
    }
    return report;
  }

  async runScript(definition, step, contexts, stepEnv, defaults, report) {
    const { host } = this;
    const path = [...this.path.map(host.inside), stepEnv.PATH ?? host.basePath].join(':');
    const shell = shellOf(text(definition.shell ?? defaults.shell, contexts),
      (program) => host.find(program, path));
    const script = join(this.temporary, `${randomUUID()}${shell.ending}`);
    // Of a composite action's run steps these two are empty here, and right in `env:`.
    const github = { ...contexts.github, action_repository: '', action_ref: '' };
    writeFileSync(script, `${text(definition.run, { ...contexts, github })}\n`);
    chmodSync(script, 0o755);
    const directory = text(definition['working-directory'] ?? defaults['working-directory'], contexts);
    const cwd = isAbsolute(directory) ? directory : resolve(this.workspace, directory);
    const files = makeFiles(this.temporary);
    const env = { ...stepEnv, ...this.defaults(step), ...files, PATH: path };
    const call = host.call([shell.program, ...shell.words(host.inside(script))], { cwd, env });
    const commands = new Commands();
    const take = (line) => {
      this.print(line);
      commands.take(line);
      this.masks.push(...commands.masks.splice(0));
    };
    const code = await runProcess(call.argv, call, take, this.cancellation.signal);
    const left = readFiles(files);
    Object.assign(this.env, left.env);
    for (const directoryOfPath of left.path) this.path.unshift(directoryOfPath);
    for (const error of [...commands.errors, ...left.errors]) commands.annotate('error', error);
    if (code !== 0) commands.annotate('error', `Process completed with exit code ${code}.`);
    report.outputs = { ...commands.outputs, ...left.outputs };
    report.state = { ...commands.state, ...left.state };
    report.lines = commands.lines;
    report.annotations.push(...commands.annotations);
    report.droppedAnnotations = commands.dropped;
    report.summary = left.summary;
    return commands.errors.length + left.errors.length > 0 ? 1 : code;
  }

  async runUses(definition, contexts, outer, overrides, report) {
    const given = texts(definition.with, contexts);
    const used = this.find(definition.uses);
    const known = used.name ? runKnown(this, used, given) : undefined;
    if (known) {
      report.outputs = known;
      return 0;
    }
    const file = ['action.yml', 'action.yaml'].map((name) => join(used.path, name)).find(existsSync);
    if (!file) throw new Error(`Can't find 'action.yml' under '${used.path}'`);
    const action = parse(readFileSync(file, 'utf8'));
    if (action.runs.using !== 'composite') throw new Error(`${definition.uses} is not composite`);
    return this.runComposite(action, used, given, contexts, { env: outer.env, overrides }, report);
  }

  // {path, repository, ref, name} of `./path` and of `OWNER/REPO/path@ref`, which is fetched.
  find(uses) {
    if (uses.startsWith('./')) return { path: join(this.workspace, uses) };
    const [name, ref] = uses.split('@');
    const [owner, project, ...rest] = name.split('/');
    const repository = `${owner}/${project}`;
    const top = join(this.workDirectory, '_actions', owner, project, ref);
    const source = this.options.actions?.[repository];
    if (source && !existsSync(top)) {
      mkdirSync(dirname(top), { recursive: true });
      // A container sees what lies here alone.
      if (this.options.container) cpSync(source, top, { recursive: true });
      else symlinkSync(source, top);
    }
    return { path: join(top, ...rest), repository, ref, name };
  }

  async runComposite(action, used, given, contexts, { env, overrides }, report) {
    const inputs = {};
    for (const [name, declared] of Object.entries(action.inputs ?? {}))
      inputs[name] = given[name] ?? text(declared?.default, { github: contexts.github });
    for (const name of Object.keys(given).filter((one) => !(one in inputs)))
      report.annotations.push({ type: 'warning', message: `Unexpected input(s) '${name}'` });
    const { strategy, matrix } = contexts;
    const scope = {
      contexts: { inputs, strategy, matrix },
      steps: {},
      env,
      overrides,  // what the step that uses the action sets stands above GITHUB_ENV
      defaults: {},
      action: {
        actionPath: used.path, actionRepository: used.repository, actionRef: used.ref,
      },
      result: 'success',
      status: () => (this.status === 'cancelled' ? 'cancelled' : scope.result),
      failed: () => { scope.result = 'failure'; },
    };
    report.steps = await this.runSteps(action.runs.steps, scope);
    const after = { ...contexts, ...scope.contexts, steps: scope.steps };
    for (const [name, { value }] of Object.entries(action.outputs ?? {}))
      report.outputs[name] = text(value, after);
    report.annotations.push(...report.steps.flatMap((inner) => inner.annotations));
    report.summary = report.steps.map((inner) => inner.summary).join('');
    report.lines = report.steps.flatMap((inner) => inner.lines);
    return scope.result === 'success' ? 0 : 1;
  }
}

// The report: {conclusion, steps: [{id, outcome, conclusion, outputs, lines, annotations, summary,
// steps}], log, outputs, env, path}.
export const runJob = (options) => new Job(options).run();
