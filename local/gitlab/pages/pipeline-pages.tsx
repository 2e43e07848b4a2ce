import { readJobLog } from '../ci/job-log.ts';
import { secondsBetween } from '../hooks/payload-parts.ts';
import type { Build } from '../rows/jobs.ts';
import type { Pipeline } from '../rows/pipelines.ts';
import type { Project } from '../rows/projects.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { Page, ProjectNavigation, Status, Time } from './layout.tsx';

interface Common {
  world: World;
  project: Project;
  user: User | undefined;
}

const CommitLink = ({ project, sha }: { project: Project; sha: string }) => (
  <a href={`/${project.path_with_namespace}/-/commit/${sha}`}>
    <code>{sha.slice(0, 8)}</code>
  </a>
);

export function PipelineTable({
  world,
  project,
  pipelines,
}: {
  world: World;
  project: Project;
  pipelines: Pipeline[];
}) {
  if (pipelines.length === 0)
    return <p class="soft">No pipelines yet. Push a commit with a .gitlab-ci.yml to start one.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Pipeline</th>
          <th scope="col">Ref</th>
          <th scope="col">Commit</th>
          <th scope="col">Source</th>
          <th scope="col">By</th>
          <th scope="col">Created</th>
        </tr>
      </thead>
      <tbody>
        {pipelines.map((pipeline) => (
          <tr>
            <td>
              <Status status={pipeline.status} />
            </td>
            <td>
              <a href={`/${project.path_with_namespace}/-/pipelines/${pipeline.id}`}>#{pipeline.id}</a>
            </td>
            <td>{pipeline.ref}</td>
            <td>
              <CommitLink project={project} sha={pipeline.sha} />
            </td>
            <td>{pipeline.source}</td>
            <td>{world.db.users.get(pipeline.user_id)?.name}</td>
            <td>
              <Time at={pipeline.created_at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function PipelinesPage({ world, project, user }: Common) {
  const pipelines = world.db.pipelines.filter((row) => row.project_id === project.id).sort((a, b) => b.id - a.id);
  return (
    <Page title={`Pipelines of ${project.path_with_namespace}`} user={user}>
      <ProjectNavigation path={project.path_with_namespace} />
      <h1>Pipelines</h1>
      <PipelineTable world={world} project={project} pipelines={pipelines.slice(0, 100)} />
    </Page>
  );
}

export function PipelinePage({ world, project, user, pipeline }: Common & { pipeline: Pipeline }) {
  const builds = world.db.builds.filter((row) => row.pipeline_id === pipeline.id).sort((a, b) => a.id - b.id);
  return (
    <Page title={`Pipeline #${pipeline.id}`} user={user}>
      <ProjectNavigation path={project.path_with_namespace} />
      <h1>
        Pipeline #{pipeline.id}: <Status status={pipeline.status} />
      </h1>
      <p>
        {pipeline.ref} at <CommitLink project={project} sha={pipeline.sha} />, {pipeline.source}, by{' '}
        {world.db.users.get(pipeline.user_id)?.name}, <Time at={pipeline.created_at} />
      </p>
      {pipeline.yaml_errors ? (
        <>
          <h2>The CI file has a fault</h2>
          <pre>{pipeline.yaml_errors}</pre>
        </>
      ) : null}
      <table>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">Job</th>
            <th scope="col">Status</th>
            <th scope="col">Duration</th>
          </tr>
        </thead>
        <tbody>
          {builds.map((build) => (
            <BuildRow project={project} build={build} />
          ))}
        </tbody>
      </table>
    </Page>
  );
}

function BuildRow({ project, build }: { project: Project; build: Build }) {
  const seconds = secondsBetween(build.started_at, build.finished_at);
  const external = build.kind === 'external';
  const target = external ? build.target_url : `/${project.path_with_namespace}/-/jobs/${build.id}`;
  return (
    <tr>
      <td>{build.stage}</td>
      <td>
        {target ? <a href={target}>{build.name}</a> : build.name}
        {build.retried ? <span class="soft"> (tried again)</span> : null}
        {build.allow_failure ? <span class="soft"> (may fail)</span> : null}
        {build.description ? <div class="soft">{build.description}</div> : null}
      </td>
      <td>
        <Status status={build.status} />
      </td>
      <td>{seconds === null ? '–' : `${seconds.toFixed(1)} s`}</td>
    </tr>
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours are what is removed
const withoutColours = (text: string) => text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');

export function JobPage({ world, project, user, build }: Common & { build: Build }) {
  return (
    <Page title={`${build.name} (#${build.id})`} user={user}>
      <ProjectNavigation path={project.path_with_namespace} />
      <h1>
        {build.name}: <Status status={build.status} />
      </h1>
      <p>
        Job #{build.id} of{' '}
        <a href={`/${project.path_with_namespace}/-/pipelines/${build.pipeline_id}`}>pipeline #{build.pipeline_id}</a>,
        stage {build.stage}, commit <CommitLink project={project} sha={build.sha} />. Started{' '}
        <Time at={build.started_at} />, finished <Time at={build.finished_at} />.
      </p>
      {build.failure_reason ? <p class="failed">Failed: {build.failure_reason.replaceAll('_', ' ')}</p> : null}
      <p>
        <a href={`/${project.path_with_namespace}/-/jobs/${build.id}/raw`}>Raw log</a>
      </p>
      <pre>{withoutColours(readJobLog(world, build)) || 'No log yet. Load the page again in a moment.'}</pre>
    </Page>
  );
}
