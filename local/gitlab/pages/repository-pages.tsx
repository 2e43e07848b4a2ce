import { lastSuccess } from '../deployments.ts';
import type { Commit } from '../git/parse-commit.ts';
import type { FileDiff } from '../git/read-diffs.ts';
import type { TreeEntry } from '../git/read-objects.ts';
import type { Build } from '../rows/jobs.ts';
import type { Pipeline } from '../rows/pipelines.ts';
import type { Project } from '../rows/projects.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { Page, ProjectNavigation, Status, Time } from './layout.tsx';
import { PipelineTable } from './pipeline-pages.tsx';

interface Common {
  world: World;
  project: Project;
  user: User | undefined;
}

export function HomePage({ projects, user }: { projects: Project[]; user: User | undefined }) {
  return (
    <Page title="Projects" user={user}>
      <h1>Projects</h1>
      {projects.length === 0 ? <p class="soft">Nothing to show. Sign in as a member of a project.</p> : null}
      <ul>
        {projects.map((project) => (
          <li>
            <a href={`/${project.path_with_namespace}`}>{project.path_with_namespace}</a>
          </li>
        ))}
      </ul>
    </Page>
  );
}

export function NotFoundPage({ user }: { user: User | undefined }) {
  return (
    <Page title="Not found" user={user}>
      <h1>404: Page not found</h1>
      <p>
        The address is not right, or you may not see what is there. {user ? null : <a href="/users/sign_in">Sign in</a>}
      </p>
    </Page>
  );
}

export function TreePage({
  world,
  project,
  user,
  reference,
  path,
  entries,
}: Common & { reference: string; path: string; entries: TreeEntry[] }) {
  const base = `/${project.path_with_namespace}/-`;
  return (
    <Page title={path || project.path_with_namespace} user={user}>
      <ProjectNavigation path={project.path_with_namespace} />
      <h1>{path ? `${path} at ${reference}` : project.name}</h1>
      {path ? null : (
        <p>
          {project.description} Clone with <code>git clone {`${world.url}/${project.path_with_namespace}.git`}</code>.
          The password is an access token.
        </p>
      )}
      <ul>
        {entries.map((entry) => (
          <li>
            <a href={`${base}/${entry.type === 'tree' ? 'tree' : 'blob'}/${reference}/${entry.path}`}>
              {entry.name}
              {entry.type === 'tree' ? '/' : ''}
            </a>
          </li>
        ))}
      </ul>
    </Page>
  );
}

export function BlobPage({ project, user, path, content }: Common & { path: string; content: Buffer }) {
  const binary = content.subarray(0, 8000).includes(0);
  return (
    <Page title={path} user={user}>
      <ProjectNavigation path={project.path_with_namespace} />
      <h1>{path}</h1>
      <pre>{binary ? `A binary file of ${content.length} bytes.` : content.toString('utf8')}</pre>
    </Page>
  );
}

export function CommitsPage({ project, user, commits }: Common & { commits: Commit[] }) {
  return (
    <Page title={`Commits of ${project.path_with_namespace}`} user={user}>
      <ProjectNavigation path={project.path_with_namespace} />
      <h1>Commits</h1>
      <CommitTable project={project} commits={commits} />
    </Page>
  );
}

function CommitTable({ project, commits }: { project: Project; commits: Commit[] }) {
  return (
    <table>
      <tbody>
        {commits.map((commit) => (
          <tr>
            <td>
              <a href={`/${project.path_with_namespace}/-/commit/${commit.id}`}>
                <code>{commit.id.slice(0, 8)}</code>
              </a>
            </td>
            <td>{commit.title}</td>
            <td>{commit.author_name}</td>
            <td>
              <Time at={commit.committed_date} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DiffList({ diffs }: { diffs: FileDiff[] }) {
  return (
    <>
      {diffs.map((diff) => (
        <section>
          <h2>{diff.renamed_file ? `${diff.old_path} → ${diff.new_path}` : diff.new_path}</h2>
          <pre>{diff.diff || 'No text changed.'}</pre>
        </section>
      ))}
    </>
  );
}

export function CommitPage({
  world,
  project,
  user,
  commit,
  diffs,
  pipelines,
  statuses,
}: Common & { commit: Commit; diffs: FileDiff[]; pipelines: Pipeline[]; statuses: Build[] }) {
  return (
    <Page title={commit.title} user={user}>
      <ProjectNavigation path={project.path_with_namespace} />
      <h1>{commit.title}</h1>
      <p>
        <code>{commit.id}</code> by {commit.author_name}, <Time at={commit.authored_date} />
      </p>
      <pre>{commit.message}</pre>
      <h2>Pipelines</h2>
      <PipelineTable world={world} project={project} pipelines={pipelines} />
      {statuses.length > 0 ? <h2>Statuses</h2> : null}
      <ul>
        {statuses.map((status) => (
          <li>
            <Status status={status.status} />{' '}
            {status.target_url ? <a href={status.target_url}>{status.name}</a> : status.name}{' '}
            <span class="soft">{status.description}</span>
          </li>
        ))}
      </ul>
      <DiffList diffs={diffs} />
    </Page>
  );
}

export function ComparePage({
  project,
  user,
  from,
  to,
  commits,
  diffs,
}: Common & { from: string; to: string; commits: Commit[]; diffs: FileDiff[] }) {
  return (
    <Page title={`${from.slice(0, 8)}...${to.slice(0, 8)}`} user={user}>
      <ProjectNavigation path={project.path_with_namespace} />
      <h1>
        Changes from <code>{from.slice(0, 8)}</code> to <code>{to.slice(0, 8)}</code>
      </h1>
      <CommitTable project={project} commits={commits} />
      <DiffList diffs={diffs} />
    </Page>
  );
}

export function EnvironmentsPage({ world, project, user }: Common) {
  const environments = world.db.environments.filter((row) => row.project_id === project.id);
  return (
    <Page title={`Environments of ${project.path_with_namespace}`} user={user}>
      <ProjectNavigation path={project.path_with_namespace} />
      <h1>Environments</h1>
      {environments.length === 0 ? <p class="soft">Nothing was deployed yet.</p> : null}
      {environments.map((environment) => (
        <section>
          <h2>
            {environment.name}{' '}
            <span class="soft">
              {environment.tier}, {environment.state}
            </span>
          </h2>
          <p>Runs {lastSuccess(world, environment.id)?.sha.slice(0, 8) ?? 'nothing yet'}.</p>
          <ul>
            {world.db.deployments
              .filter((row) => row.environment_id === environment.id)
              .reverse()
              .map((row) => (
                <li>
                  #{row.iid} <Status status={row.status} /> {row.ref} at <code>{row.sha.slice(0, 8)}</code>,{' '}
                  <Time at={row.created_at} />
                </li>
              ))}
          </ul>
        </section>
      ))}
    </Page>
  );
}
