import { type Context, Hono } from 'hono';
import { accessToProject, canSee, canSeeIssue } from '../access.ts';
import { readJobLog } from '../ci/job-log.ts';
import { diffBetween } from '../git/read-diffs.ts';
import { listCommits, mergeBase } from '../git/read-history.ts';
import * as git from '../git/read-objects.ts';
import type { World } from '../world.ts';
import { IssuePage, IssuesPage, MergeRequestPage, MergeRequestsPage } from './issue-pages.tsx';
import { Page } from './layout.tsx';
import { type Visit, visitor, visitProject } from './open-project.ts';
import { JobPage, PipelinePage, PipelinesPage } from './pipeline-pages.tsx';
import {
  BlobPage,
  CommitPage,
  CommitsPage,
  ComparePage,
  EnvironmentsPage,
  HomePage,
  NotFoundPage,
  TreePage,
} from './repository-pages.tsx';

/** What a page is made for: the rest of the address after `/-/`. */
type Shown = Response | Promise<Response> | undefined | Promise<Response | undefined>;
type Route = (c: Context, visit: Visit, rest: string[]) => Shown;

/** The pages that statuses, issues and mails link to; they only show (what one can do on an issue: issue-forms.ts). */
export function projectPages(world: World): Hono {
  const pages = new Hono();
  const routes = projectRoutes(world);

  pages.get('/', (c) => {
    const user = visitor(world, c);
    const projects = world.db.projects.filter((row) =>
      canSee(row.visibility, user, accessToProject(world.db, user, row, world.now())),
    );
    return c.html(<HomePage projects={projects} user={user} />);
  });

  pages.get('*', async (c) => {
    const [path = '', after = ''] = decodePath(new URL(c.req.url).pathname).split('/-/');
    const visit = visitProject(world, c, path.replace(/^\/|\/$/g, ''));
    const [kind = '', ...rest] = after.split('/').filter(Boolean);
    c.header('content-security-policy', POLICY);
    const shown = visit ? await (routes[kind] ?? noSuchPage)(c, visit, rest) : undefined;
    if (shown) return shown;
    const user = visitor(world, c);
    const person = world.db.users.find((row) => `/${row.username}` === path);
    if (person && user) {
      return c.html(
        <Page title={person.name} user={user}>
          <h1>{person.name}</h1>
          <p>@{person.username}</p>
        </Page>,
      );
    }
    if (!user && after)
      return c.redirect(`/users/sign_in?redirect_to=${encodeURIComponent(new URL(c.req.url).pathname)}`, 302);
    return c.html(<NotFoundPage user={user} />, 404);
  });

  return pages;
}

/** Nothing on these pages runs or is loaded from elsewhere. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const noSuchPage = (): undefined => undefined;

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function projectRoutes(world: World): Record<string, Route> {
  const { db } = world;
  const common = ({ project, user }: Visit) => ({ world, project, user });
  const repository = (visit: Visit) => world.repositories.path(visit.project);

  const tree: Route = async (c, visit, rest) => {
    const reference = rest[0] ?? visit.project.default_branch;
    const sha = await git.resolveCommit(repository(visit), reference);
    const path = rest.slice(1).join('/');
    const entries = sha ? await git.listTree(repository(visit), sha, path, false) : rest.length === 0 ? [] : undefined;
    return entries && c.html(<TreePage {...common(visit)} reference={reference} path={path} entries={entries} />);
  };
  const ofProject = <Row extends { project_id: number }>(row: Row | undefined, visit: Visit) =>
    row?.project_id === visit.project.id ? row : undefined;

  return {
    '': tree,
    tree,
    blob: async (c, visit, [reference = '', ...path]) => {
      const sha = await git.resolveCommit(repository(visit), reference);
      const blob = sha ? await git.readBlob(repository(visit), sha, path.join('/')) : undefined;
      return blob && c.html(<BlobPage {...common(visit)} path={path.join('/')} content={blob.content} />);
    },
    commits: async (c, visit, [reference]) => {
      const sha = await git.resolveCommit(repository(visit), reference ?? visit.project.default_branch);
      const commits = sha ? await listCommits(repository(visit), sha, { limit: 100 }) : [];
      return c.html(<CommitsPage {...common(visit)} commits={commits} />);
    },
    commit: async (c, visit, [reference = '']) => {
      const sha = await git.resolveCommit(repository(visit), reference);
      const commit = sha ? await git.readCommit(repository(visit), sha) : undefined;
      if (!commit) return undefined;
      const here = (row: { project_id: number; sha: string }) =>
        row.project_id === visit.project.id && row.sha === commit.id;
      const diffs = await diffBetween(repository(visit), commit.parent_ids[0], commit.id);
      const statuses = db.builds.filter((row) => here(row) && row.kind === 'external');
      return c.html(
        <CommitPage
          {...common(visit)}
          commit={commit}
          diffs={diffs}
          pipelines={db.pipelines.filter(here)}
          statuses={statuses}
        />,
      );
    },
    compare: async (c, visit, rest) => {
      const ends = rest.join('/').split('...');
      const [from, to] = await Promise.all(ends.map((end) => git.resolveCommit(repository(visit), end)));
      const base = from && to ? await mergeBase(repository(visit), from, to) : undefined;
      if (!from || !to || !base) return undefined;
      const commits = await listCommits(repository(visit), `${from}..${to}`, { limit: 100 });
      return c.html(
        <ComparePage
          {...common(visit)}
          from={from}
          to={to}
          commits={commits}
          diffs={await diffBetween(repository(visit), base, to)}
        />,
      );
    },
    pipelines: (c, visit, [id]) => {
      if (!id) return c.html(<PipelinesPage {...common(visit)} />);
      const pipeline = ofProject(db.pipelines.get(Number(id)), visit);
      return pipeline && c.html(<PipelinePage {...common(visit)} pipeline={pipeline} />);
    },
    jobs: (c, visit, [id, raw]) => {
      const build = ofProject(db.builds.get(Number(id)), visit);
      if (!build) return undefined;
      return raw === 'raw' ? c.text(readJobLog(world, build)) : c.html(<JobPage {...common(visit)} build={build} />);
    },
    issues: (c, visit, [iid]) => {
      if (!iid) return c.html(<IssuesPage {...common(visit)} access={visit.access} />);
      const issue = db.issues.find((row) => row.project_id === visit.project.id && row.iid === Number(iid));
      return issue && canSeeIssue(issue, visit.user, visit.access)
        ? c.html(<IssuePage {...common(visit)} issue={issue} access={visit.access} />)
        : undefined;
    },
    merge_requests: (c, visit, [iid]) => {
      if (!iid) return c.html(<MergeRequestsPage {...common(visit)} />);
      const row = db.mergeRequests.find((found) => found.project_id === visit.project.id && found.iid === Number(iid));
      return row && c.html(<MergeRequestPage {...common(visit)} row={row} access={visit.access} />);
    },
    environments: (c, visit) => c.html(<EnvironmentsPage {...common(visit)} />),
  };
}
