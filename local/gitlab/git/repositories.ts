import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '../rows/projects.ts';
import { gitText, runGit } from './run-git.ts';

/**
 * Runs before the refs move. The server says in the environment which branches this person may not push to, and where
 * to leave the push options, which git gives to hooks alone.
 */
const PRE_RECEIVE = `#!/bin/sh
if [ -n "$PUSH_OPTIONS_FILE" ]; then
  i=0
  while [ "$i" -lt "\${GIT_PUSH_OPTION_COUNT:-0}" ]; do
    eval "printf '%s\\n' \\"\\$GIT_PUSH_OPTION_$i\\"" >> "$PUSH_OPTIONS_FILE"
    i=$((i + 1))
  done
fi
zero=0000000000000000000000000000000000000000
matches() { for pattern in $2; do case "$1" in $pattern) return 0;; esac; done; return 1; }
set -f
while read -r old new ref; do
  case "$ref" in refs/heads/*) branch=\${ref#refs/heads/};; *) continue;; esac
  if matches "$branch" "$NO_PUSH_BRANCHES"; then
    echo "GitLab: You are not allowed to push code to protected branches on this project." >&2; exit 1
  fi
  matches "$branch" "$NO_FORCE_BRANCHES" || continue
  if [ "$new" = "$zero" ]; then
    echo "GitLab: You can only delete protected branches using the web interface." >&2; exit 1
  fi
  if [ "$old" != "$zero" ] && ! git merge-base --is-ancestor "$old" "$new"; then
    echo "GitLab: You are not allowed to force push code to a protected branch on this project." >&2; exit 1
  fi
done
`;

const configuration = (hooks: string) => `[http]
\treceivepack = true
[receive]
\tadvertisePushOptions = true
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
[core]
\tlogAllRefUpdates = false
\thooksPath = ${JSON.stringify(hooks)}
[gc]
\tauto = 0
`;
const OWN_FILE = 'stand-in.config';

/** The bare repositories, one per project, below `STATE_DIR/repositories/<namespace>/<project>.git`. */
export class Repositories {
  readonly root: string;
  readonly #hooks: string;

  constructor(stateDir: string) {
    this.root = join(stateDir, 'repositories');
    this.#hooks = join(stateDir, 'git-hooks');
    mkdirSync(this.root, { recursive: true });
    mkdirSync(this.#hooks, { recursive: true });
    writeFileSync(join(this.#hooks, 'pre-receive'), PRE_RECEIVE);
    chmodSync(join(this.#hooks, 'pre-receive'), 0o755);
  }

  path(project: Project): string {
    return join(this.root, `${project.path_with_namespace}.git`);
  }

  async ensure(project: Project): Promise<void> {
    const path = this.path(project);
    if (!existsSync(join(path, 'HEAD'))) {
      mkdirSync(path, { recursive: true });
      await runGit(path, ['init', '--quiet', '--bare', '-b', project.default_branch, '.']);
    }
    writeFileSync(join(path, OWN_FILE), configuration(this.#hooks));
    const known = readFileSync(join(path, 'config'), 'utf8');
    if (!known.includes(OWN_FILE)) appendFileSync(join(path, 'config'), `[include]\n\tpath = ${OWN_FILE}\n`);
  }

  /** Full ref name to the object it points at; an annotated tag gives the tag object. */
  async refs(project: Project): Promise<Record<string, string>> {
    const lines = await gitText(this.path(project), [
      'for-each-ref',
      '--format=%(refname) %(objectname)',
      'refs/heads',
      'refs/tags',
    ]);
    const pairs = lines
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' '));
    return Object.fromEntries(pairs.map(([name = '', sha = '']) => [name, sha]));
  }
}
