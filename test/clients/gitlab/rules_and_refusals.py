"""What GitLab's own specs ask of its API, call by call: who may, what is refused, and in which words.

GITLAB_URL, GITLAB_TOKEN (an administrator's) and HOOK_URL (a receiver that answers 200) come in the environment.
"""

import base64
import io
import os
import time
import unittest
import zipfile

import gitlab
import requests

URL = os.environ["GITLAB_URL"]
TOKEN = os.environ["GITLAB_TOKEN"]
ROOT = gitlab.Gitlab(URL, private_token=TOKEN)
LEVELS = {"guest": 10, "reporter": 20, "developer": 30, "maintainer": 40, "outsider": None}
NOTHING = "0" * 40


def until(what, look, seconds=60):
    deadline = time.time() + seconds
    while time.time() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s for {what}")


class Case(unittest.TestCase):
    """Each class has a group, a private project with a README, and a person of every level."""

    @classmethod
    def setUpClass(cls):
        name = cls.__name__.lower()
        cls.group = ROOT.groups.create({"name": name.title(), "path": name})
        cls.project = ROOT.projects.create({"name": "Model", "namespace_id": cls.group.id, "initialize_with_readme": True})
        cls.base = f"/projects/{cls.project.id}"
        cls.tokens, cls.users = {"root": TOKEN, "nobody": None}, {}
        for person, level in LEVELS.items():
            user = ROOT.users.create({"username": f"{name}-{person}", "name": person.title(), "email": f"{name}-{person}@example.com", "force_random_password": True, "skip_confirmation": True})
            cls.users[person] = user
            cls.tokens[person] = user.personal_access_tokens.create({"name": "test", "scopes": ["api"]}).token
            if level:
                cls.project.members.create({"user_id": user.id, "access_level": level})
        cls.sha = cls.project.commits.list(per_page=1, page=1)[0].id

    def call(self, method, path, who="root", headers=None, **sent):
        token = self.tokens[who]
        headers = {**(headers or {}), **({"PRIVATE-TOKEN": token} if token else {})}
        address = path if path.startswith("/users") or path.startswith("/projects/") else self.base + path
        return requests.request(method, f"{URL}/api/v4{address}", headers=headers, allow_redirects=False, timeout=30, **sent)

    def expect(self, status, body, method, path, who="root", **sent):
        answer = self.call(method, path, who, **sent)
        with self.subTest(f"{who} {method} {path} {sent}"):
            self.assertEqual(answer.status_code, status, answer.text[:300])
            if body is not None:
                self.assertEqual(answer.json(), body)
        return answer


class AccessLevels(Case):
    def test_every_call_asks_for_its_level(self):
        statuses = f"/statuses/{self.sha}"
        table = [
            # path, method, parameters, and what nobody, outsider, guest, reporter, developer, maintainer get
            ("GET", "", {}, (404, 404, 200, 200, 200, 200)),
            ("GET", "/repository/branches", {}, (404, 404, 403, 200, 200, 200)),
            ("GET", "/merge_requests", {}, (404, 404, 403, 200, 200, 200)),
            ("GET", "/issues", {}, (404, 404, 200, 200, 200, 200)),
            ("GET", "/pipelines", {}, (404, 404, 200, 200, 200, 200)),
            ("GET", "/environments", {}, (401, 404, 403, 200, 200, 200)),
            ("GET", "/deployments", {}, (401, 404, 403, 200, 200, 200)),
            ("GET", "/members", {}, (401, 404, 200, 200, 200, 200)),
            ("GET", "/hooks", {}, (401, 404, 403, 403, 403, 200)),
            ("GET", "/variables", {}, (401, 404, 403, 403, 403, 200)),
            ("GET", f"/repository/commits/{self.sha}/statuses", {}, (401, 404, 403, 200, 200, 200)),
            ("POST", "/issues", {"title": "x"}, (401, 404, 201, 201, 201, 201)),
            ("POST", statuses, {"state": "odd"}, (401, 404, 403, 403, 400, 400)),
            ("POST", "/environments", {"name": "/"}, (401, 404, 403, 403, 400, 400)),
            ("POST", "/deployments", {}, (401, 404, 403, 403, 400, 400)),
            ("POST", "/pipeline", {}, (401, 404, 403, 403, 400, 400)),
            ("POST", "/repository/branches", {}, (401, 404, 403, 403, 400, 400)),
            ("POST", "/merge_requests", {}, (401, 404, 403, 403, 400, 400)),
            ("POST", "/protected_branches", {}, (401, 404, 403, 403, 403, 400)),
            ("POST", "/hooks", {}, (401, 404, 403, 403, 403, 400)),
            ("POST", "/members", {}, (401, 404, 403, 403, 403, 400)),
            ("PUT", "", {"visibility": "odd"}, (401, 404, 403, 403, 403, 400)),
            ("DELETE", "", {}, (401, 404, 403, 403, 403, 403)),
        ]
        people = ("nobody", "outsider", "guest", "reporter", "developer", "maintainer")
        for method, path, body, wanted in table:
            for who, status in zip(people, wanted):
                self.expect(status, None, method, path, who, **({"json": body} if method != "GET" else {}))


class Parameters(Case):
    def test_are_missed_and_refused_in_the_same_words(self):
        blank = {"message": {"title": ["can't be blank"]}}
        branch = {"branch": "main", "commit_message": "x"}
        file = "/repository/files/README.md"
        for method, path, sent, body in [
            ("POST", "/issues", {}, {"error": "title is missing"}),
            ("POST", "/issues", {"title": ""}, blank),
            ("GET", "/issues?state=odd", None, {"error": "state does not have a valid value"}),
            ("POST", "/merge_requests", {}, {"error": "title is missing, source_branch is missing, target_branch is missing"}),
            ("POST", "/repository/branches", {}, {"error": "branch is missing, ref is missing"}),
            ("POST", "/repository/branches", {"branch": "a", "ref": "none"}, {"message": "Invalid reference name: none"}),
            ("POST", "/repository/commits", {}, {"error": "branch is missing, commit_message is missing, actions is missing"}),
            ("POST", "/repository/commits", {**branch, "actions": [{"action": "odd", "file_path": "x"}]}, {"error": "actions[0][action] does not have a valid value"}),
            ("POST", "/repository/commits", {**branch, "actions": [{"action": "update", "file_path": "none", "content": "x"}]}, {"message": "A file with this name doesn't exist"}),
            ("POST", file, {**branch, "content": "x"}, {"message": "A file with this name already exists"}),
            ("PUT", file, {**branch, "content": "x", "encoding": "odd"}, {"error": "encoding does not have a valid value"}),
            ("PUT", file, {"branch": "main", "commit_message": "", "content": "x"}, {"error": "commit_message is empty"}),
            ("GET", file, None, {"error": "ref is missing"}),
            ("POST", f"/statuses/{self.sha}", {}, {"error": "state is missing"}),
            ("POST", "/environments", {"name": "a", "slug": "b"}, {"error": "slug is automatically generated and cannot be changed"}),
            ("POST", "/environments", {"name": "a", "tier": "odd"}, {"error": "tier does not have a valid value"}),
            ("GET", "/environments?search=ab", None, {"message": "400 Bad request - Search query is less than 3 characters"}),
            ("GET", "/environments?name=a&search=abc", None, {"error": "name, search cannot be used together"}),
            ("POST", "/deployments", {}, {"error": "environment is missing, sha is missing, ref is missing, tag is missing, status is missing"}),
            ("GET", "/deployments?updated_after=2020-01-01", None, {"message": "400 Bad request - `updated_at` filter requires `updated_at` sort"}),
            ("GET", "/pipelines?source=odd", None, {"error": "source does not have a valid value"}),
            ("GET", "/jobs?scope[]=odd", None, {"error": "scope does not have a valid value"}),
            ("POST", "/pipeline", {"ref": "none"}, {"message": {"base": ["Reference not found"]}}),
            ("POST", "/pipeline", {"ref": "main"}, {"message": {"base": ["Missing CI config file"]}}),
            ("POST", "/hooks", {}, {"error": "url is missing"}),
            ("POST", "/members", {"user_id": 1, "access_level": 7}, {"message": {"access_level": ["is not included in the list"]}}),
            ("POST", "/repository/tags", {"tag_name": "v1", "ref": "none"}, {"message": "Target none is invalid"}),
        ]:
            self.expect(400, body, method, path, **({} if sent is None else {"json": sent}))
        for path, body in [
            ("/pipelines/9999", {"message": "404 Not found"}),
            ("/environments/9999", {"message": "404 Not found"}),
            ("/hooks/9999", {"message": "404 Not found"}),
            ("/issues/9999", {"message": "404 Not found"}),
            ("/issues/9999/notes", {"message": "404 Issue Not Found"}),
            ("/repository/branches/none", {"message": "404 Branch Not Found"}),
            ("/repository/commits/deadbeef", {"message": "404 Commit Not Found"}),
            ("/repository/files/none?ref=main", {"message": "404 File Not Found"}),
        ]:
            self.expect(404, body, "GET", path)


class Statuses(Case):
    def test_go_every_way_that_gitlab_lets_them_go(self):
        states = ("pending", "running", "success", "failed", "canceled", "skipped")
        refused = {("pending", "pending"): "enqueue", ("running", "pending"): "enqueue", ("running", "running"): "run", ("running", "skipped"): "skip"}
        for first in ("pending", "running"):
            for second in states:
                name = f"{first}-{second}"
                self.expect(201, None, "POST", f"/statuses/{self.sha}", json={"state": first, "name": name})
                event = refused.get((first, second))
                answer = self.expect(400 if event else 201, None, "POST", f"/statuses/{self.sha}", json={"state": second, "name": name})
                if event:
                    self.assertIn(f"Cannot transition status via :{event} from :{first}", answer.json()["message"])
        listed = [row["id"] for row in self.call("GET", f"/repository/commits/{self.sha}/statuses").json()]
        self.assertEqual(listed, sorted(listed))


class Deployments(Case):
    def test_are_refused_in_the_same_state_and_returned_when_they_succeeded(self):
        new = {"environment": "prod", "sha": self.sha, "ref": "main", "tag": False, "status": "running"}
        first = self.expect(201, None, "POST", "/deployments", json=new).json()
        path = f"/deployments/{first['id']}"
        for status, event in [("running", "run"), ("success", "succeed"), ("failed", "drop"), ("canceled", "cancel")]:
            if status != "running":
                self.expect(200, None, "PUT", path, json={"status": status})
            self.expect(400, {"message": {"status": [f'cannot transition via "{event}"']}}, "PUT", path, json={"status": status})
        good = self.expect(201, None, "POST", "/deployments", json={**new, "status": "success"}).json()
        again = self.expect(201, None, "POST", "/deployments", json={**new, "status": "success"}).json()
        self.assertEqual(good["id"], again["id"])
        self.expect(400, {"message": "Deployment currently deployed to environment"}, "DELETE", f"/deployments/{good['id']}")
        self.expect(403, None, "DELETE", path, "developer")
        self.expect(204, None, "DELETE", path)


PIPELINE = """
stages: [build, test, ship]
workflow: {name: "Run of $CI_COMMIT_BRANCH"}
build:
  stage: build
  script: [mkdir out, echo made > out/it, echo "MADE=yes" > made.env]
  artifacts: {name: "$CI_JOB_NAME", paths: [out], expire_in: 1 day, reports: {dotenv: made.env}}
use:
  stage: test
  needs: [build]
  script: [cat out/it, test "$MADE" = yes, echo "coverage 81.5%"]
  coverage: '/coverage (\\d+\\.\\d+)%/'
tolerated: {stage: test, script: exit 9, allow_failure: {exit_codes: 9}}
rescue: {stage: ship, when: on_failure, script: "true"}
always: {stage: ship, when: always, script: "true"}
later: {stage: ship, when: delayed, start_in: 1 second, script: "true"}
ask: {stage: ship, when: manual, script: echo "$ASKED"}
after: {stage: ship, needs: [ask], script: "true"}
shards: {stage: test, parallel: {matrix: [{A: [1, 2], B: x}]}, script: test "$B" = x}
halves: {stage: test, parallel: 2, script: echo $CI_NODE_INDEX of $CI_NODE_TOTAL}
slow: {stage: ship, timeout: 1 second, script: sleep 30, allow_failure: true}
review: {stage: ship, script: "true", environment: {name: review/$CI_COMMIT_REF_SLUG, url: "https://$CI_ENVIRONMENT_SLUG.example.com"}}
"""


class Pipelines(Case):
    def test_run_as_the_file_says(self):
        self.project.commits.create({"branch": "main", "commit_message": "Run", "actions": [{"action": "create", "file_path": ".gitlab-ci.yml", "content": PIPELINE}]})
        pipeline = until("the pipeline", lambda: next(iter(self.project.pipelines.list(status="success", source="push")), None), 120)
        pipeline = self.project.pipelines.get(pipeline.id)
        self.assertEqual((pipeline.name, pipeline.detailed_status["text"]), ("Run of main", "Warning"))
        jobs = {job.name: job for job in pipeline.jobs.list(get_all=True)}
        good = {name: "success" for name in ("build", "use", "always", "later", "shards: [1, x]", "shards: [2, x]", "halves 1/2", "halves 2/2", "review")}
        self.assertEqual(
            {name: job.status for name, job in jobs.items()},
            {**good, "tolerated": "failed", "slow": "failed", "rescue": "skipped", "ask": "manual", "after": "skipped"},
        )
        self.assertEqual(jobs["slow"].failure_reason, "job_execution_timeout")
        self.assertEqual(jobs["use"].coverage, 81.5)
        build = self.project.jobs.get(jobs["build"].id)
        self.assertEqual(build.artifacts_file["filename"], "build.zip")
        self.assertTrue(build.artifacts_expire_at)
        build.keep_artifacts()
        self.assertIsNone(self.project.jobs.get(build.id).artifacts_expire_at)
        self.assertIn("out/it", zipfile.ZipFile(io.BytesIO(build.artifacts())).namelist())
        self.assertEqual(self.project.artifacts.raw("main", "out/it", "build"), b"made\n")
        self.expect(404, None, "GET", f"/jobs/{build.id}/artifacts/none")
        self.expect(403, {"message": "403 Forbidden - Job is not retryable"}, "POST", f"/jobs/{jobs['rescue'].id}/retry")
        self.expect(400, {"message": "400 Bad request - Unplayable Job"}, "POST", f"/jobs/{build.id}/play")
        self.expect(200, None, "POST", f"/jobs/{jobs['ask'].id}/play", json={"job_variables_attributes": [{"key": "ASKED", "value": "by a person"}]})
        until("what waited for it", lambda: [job for job in pipeline.jobs.list(get_all=True) if job.name == "after" and job.status == "success"])
        self.assertIn("by a person", self.project.jobs.get(jobs["ask"].id).trace().decode())
        environment = self.project.environments.list(name="review/main")[0]
        self.assertEqual(environment.external_url, f"https://{environment.slug}.example.com")
        self.expect(403, None, "PUT", f"/deployments/{self.project.deployments.list(environment='review/main')[0].id}", json={"status": "failed"})


class Hooks(Case):
    def test_are_paused_by_failures_and_started_by_a_good_answer(self):
        hook = self.project.hooks.create({"url": "http://127.0.0.1:9/nothing", "push_events": False, "issues_events": True})
        path = f"/hooks/{hook.id}"
        for number in range(1, 5):
            self.project.issues.create({"title": f"Failure {number}"})
            until("the failure", lambda: len(self.call("GET", f"{path}/events").json()) == number)
            paused = self.project.hooks.get(hook.id).alert_status == "temporarily_disabled"
            self.assertEqual(paused, number == 4)
        self.project.issues.create({"title": "Dropped"})
        self.expect(400, {"error": "per_page does not have a valid value"}, "GET", f"{path}/events?per_page=21")
        self.expect(400, {"error": "No parameters provided"}, "PUT", path, json={})
        self.expect(200, None, "PUT", path, json={"url": os.environ["HOOK_URL"]})
        self.expect(201, {"message": "201 Created"}, "POST", f"{path}/test/issues_events")
        self.assertEqual(self.project.hooks.get(hook.id).alert_status, "executable")
        events = self.call("GET", f"{path}/events").json()
        self.assertEqual(len(events), 5)
        self.expect(422, {"message": "The hook URL has changed, and this log entry cannot be retried"}, "POST", f"{path}/events/{events[-1]['id']}/resend")
        self.expect(201, {"response_status": 200}, "POST", f"{path}/events/{events[0]['id']}/resend")
        secret = "whsec_" + base64.b64encode(b"k" * 31).decode()
        self.expect(422, None, "POST", "/hooks", json={"url": "http://127.0.0.1:9", "signing_token": secret})


if __name__ == "__main__":
    unittest.main(verbosity=2)
