// `${{ … }}` and `if:`, evaluated by GitHub's own parser and evaluator.
import { Evaluator, Lexer, Parser, data } from '@actions/expressions';
import { truthy } from '@actions/expressions/result';

const kExpression = /\$\{\{((?:[^'}]|'[^']*'|\}(?!\}))*)\}\}/g;
const kStatusFunctions = ['success', 'failure', 'always', 'cancelled'];

function statusFunctions(status) {
  const answers = {
    success: status === 'success',
    failure: status === 'failure',
    always: true,
    cancelled: status === 'cancelled',
  };
  return new Map(kStatusFunctions.map((name) => [
    name,
    { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(answers[name]) },
  ]));
}

function evaluateData(text, contexts, status) {
  const functions = statusFunctions(status);
  const { tokens } = new Lexer(text).lex();
  const tree = new Parser(tokens, Object.keys(contexts), [...functions.values()]).parse();
  const values = JSON.parse(JSON.stringify(contexts), data.reviver);
  return new Evaluator(tree, values, functions).evaluate();
}

// A string of a workflow with its expressions replaced by what they come to. `contexts`: the names
// that may stand in it, plain values; another name is an error, as it is on GitHub.
export function text(value, contexts) {
  return String(value ?? '').replace(kExpression, (_, expression) =>
    evaluateData(expression.trim(), contexts, 'success').coerceString());
}

// Each value of a mapping, as `env:` and `with:` have it.
export function texts(mapping, contexts) {
  return Object.fromEntries(
    Object.entries(mapping ?? {}).map(([name, value]) => [name, text(value, contexts)]));
}

// Whether a step runs. Without a function that asks for the status, success() is meant too.
export function condition(value, contexts, status) {
  let expression = String(value ?? '').trim();
  const whole = /^\$\{\{(.*)\}\}$/s.exec(expression);
  if (whole) expression = whole[1].trim();
  if (expression === '') return status === 'success';
  const asks = new RegExp(`\\b(${kStatusFunctions.join('|')})\\s*\\(`, 'i').test(expression);
  if (!asks) expression = `success() && (${expression})`;
  return truthy(evaluateData(expression, contexts, status));
}
