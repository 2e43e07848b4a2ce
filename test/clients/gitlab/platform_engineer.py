"""What a platform engineer's scripts do with python-gitlab, unchanged, against the GitLab of the laptop.

GITLAB_URL, GITLAB_TOKEN (an administrator's) and HOOK_URL (a receiver that answers 200) come in the environment.
"""

import base64
import io
import os
import tarfile
import time
import unittest
import zipfile

import gitlab
from gitlab.const import AccessLevel

URL = os.environ["GITLAB_URL"]
ROOT = gitlab.Gitlab(URL, private_token=os.environ["GITLAB_TOKEN"])

CI_FILE = """
stages: [build, test, deploy]
default:
  before_script: [echo prepared]
.base:
  variables: {COLOUR: green}
include:
  - local: ci/extra.yml
build:
  extends: .base
  stage: build
  image: python:3.12
  script:
    - echo "$COLOUR" > colour.txt
  artifacts:
    paths: [colour.txt]
tolerated:
  stage: test
  needs: []
  script: exit 3
  allow_failure:
    exit_codes: [3]
use:
  stage: test
  needs: [build]
  script: grep green colour.txt
deploy:
  stage: deploy
  script: echo "$GREETING"
  environment: {name: review/one, on_stop: undeploy}
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
undeploy:
  stage: deploy
  script: echo gone
  when: manual
  environment: {name: review/one, action: stop}
"""


def until(what, look, seconds=120):
    deadline = time.time() + seconds
    while time.time() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s for {what}")


class Case(unittest.TestCase):
    def refused(self, status, call, message=None):
        with self.assertRaises(gitlab.GitlabError) as caught:
            call()
        self.assertEqual(caught.exception.response_code, status, caught.exception)
        if message is not None:
            self.assertEqual(caught.exception.error_message, message)

    @classmethod
    def setUpClass(cls):
        name = cls.__name__.lower()
        cls.group = ROOT.groups.create({"name": name.title(), "path": name})
        cls.project = ROOT.projects.create(
            {"name": "Model", "namespace_id": cls.group.id, "initialize_with_readme": True}
        )


class Projects(Case):
    def test_are_found_by_path_and_paged_by_number_and_by_keyset(self):
        for number in range(5):
            ROOT.projects.create({"name": f"many-{number}", "namespace_id": self.group.id})
        self.assertEqual(ROOT.projects.get("projects/model").id, self.project.id)
        page = self.group.projects.list(per_page=2, iterator=True)
        self.assertEqual((page.total, page.total_pages, page.current_page, page.next_page), (6, 3, 1, 2))
        self.assertEqual(len(self.group.projects.list(per_page=2, get_all=True)), 6)
        by_key = ROOT.projects.list(pagination="keyset", order_by="id", per_page=2, get_all=True)
        self.assertEqual(len({one.id for one in by_key}), len(ROOT.projects.list(get_all=True)))
        self.assertEqual([one.path for one in ROOT.projects.list(search="many-3")], ["many-3"])

    def test_keep_their_settings_and_refuse_writing_when_archived(self):
        self.project.merge_method = "ff"
        self.project.topics = ["ml", "risk"]
        self.project.save()
        again = ROOT.projects.get(self.project.id)
        self.assertEqual((again.merge_method, again.topics), ("ff", ["ml", "risk"]))
        again.archive()
        self.refused(403, lambda: again.issues.create({"title": "late"}) and again.branches.create({"branch": "x", "ref": "main"}))
        again.unarchive()

    def test_say_what_is_wrong(self):
        self.refused(404, lambda: ROOT.projects.get("no/where"), "404 Project Not Found")
        self.refused(400, lambda: ROOT.projects.create({"name": "Model", "namespace_id": self.group.id}))
        self.refused(401, lambda: gitlab.Gitlab(URL, private_token="wrong").auth())
        self.refused(400, lambda: ROOT.http_get("/projects", query_data={"per_page": "many"}), "per_page is invalid")


class Repository(Case):
    def test_files_are_written_read_and_removed(self):
        file = self.project.files.create(
            {"file_path": "src/a b.py", "branch": "main", "content": "print(1)\n", "commit_message": "Add"}
        )
        file = self.project.files.get("src/a b.py", ref="main")
        self.assertEqual(file.decode(), b"print(1)\n")
        self.assertEqual(self.project.files.raw("src/a b.py", ref="main"), b"print(1)\n")
        file.content = base64.b64encode(b"print(2)\n").decode()
        file.save(branch="main", commit_message="Change", encoding="base64")
        self.assertEqual(self.project.files.blame("src/a b.py", ref="main")[0]["lines"], ["print(2)"])
        self.refused(
            400,
            lambda: self.project.files.create(
                {"file_path": "src/a b.py", "branch": "main", "content": "", "commit_message": "Again"}
            ),
            "A file with this name already exists",
        )
        file.delete(branch="main", commit_message="Remove")
        self.refused(404, lambda: self.project.files.get("src/a b.py", ref="main"), "404 File Not Found")

    def test_commits_hold_several_actions(self):
        commit = self.project.commits.create(
            {
                "branch": "several",
                "start_branch": "main",
                "commit_message": "Several",
                "author_name": "Ann",
                "author_email": "ann@example.com",
                "actions": [
                    {"action": "create", "file_path": "run.sh", "content": "#!/bin/sh\n", "execute_filemode": True},
                    {"action": "create", "file_path": "bin", "content": "AAE=", "encoding": "base64"},
                    {"action": "move", "file_path": "docs/README.md", "previous_path": "README.md"},
                ],
            }
        )
        self.assertEqual((commit.author_name, commit.stats["additions"] > 0), ("Ann", True))
        self.assertEqual({diff["new_path"] for diff in commit.diff(get_all=True)}, {"run.sh", "bin", "docs/README.md"})
        self.assertIn({"type": "branch", "name": "several"}, commit.refs())
        tree = self.project.repository_tree(ref="several", recursive=True, get_all=True)
        self.assertEqual({one["path"] for one in tree}, {"run.sh", "bin", "docs", "docs/README.md"})
        comparison = self.project.repository_compare("main", "several")
        self.assertEqual(len(comparison["commits"]), 1)
        commit.comments.create({"note": "Well done", "path": "run.sh", "line": 1, "line_type": "new"})
        self.assertEqual(commit.comments.list()[0].note, "Well done")
        self.project.commits.get("several").revert(branch="several")
        self.assertIn("README.md", [one["path"] for one in self.project.repository_tree(ref="several")])
        self.refused(
            400,
            lambda: self.project.commits.create({"branch": "gone", "commit_message": "x", "actions": []}),
            "You can only create or edit files when you are on a branch",
        )
        self.refused(
            400,
            lambda: self.project.commits.create(
                {"branch": "main", "commit_message": "x", "actions": [{"action": "delete", "file_path": "none"}]}
            ),
            "A file with this name doesn't exist",
        )

    def test_branches_tags_and_releases_come_and_go(self):
        self.project.branches.create({"branch": "feature/x", "ref": "main"})
        self.assertFalse(self.project.branches.get("feature/x").protected)
        self.refused(400, lambda: self.project.branches.create({"branch": "feature/x", "ref": "main"}), "Branch already exists")
        self.project.branches.delete("feature/x")
        self.refused(404, lambda: self.project.branches.get("feature/x"), "404 Branch Not Found")
        tag = self.project.tags.create({"tag_name": "v1.0", "ref": "main", "message": "The first"})
        self.assertEqual(tag.message, "The first")
        self.assertNotEqual(tag.target, tag.commit["id"])
        self.refused(400, lambda: self.project.tags.create({"tag_name": "v1.0", "ref": "main"}), "Tag v1.0 already exists")
        release = self.project.releases.create({"tag_name": "v1.0", "name": "One", "description": "# Notes"})
        self.assertEqual(self.project.releases.get("v1.0").commit["id"], tag.commit["id"])
        self.assertEqual(self.project.tags.get("v1.0").release["description"], "# Notes")
        self.refused(409, lambda: self.project.releases.create({"tag_name": "v1.0"}), "Release already exists")
        self.assertEqual(release.tag_name, "v1.0")
        self.project.releases.delete("v1.0")
        tag.delete()

    def test_archives_hold_the_commit(self):
        head = self.project.commits.list(ref_name="main", per_page=1, page=1)[0].id
        archive = tarfile.open(fileobj=io.BytesIO(self.project.repository_archive(sha=head)), mode="r:gz")
        self.assertIn(f"model-{head}-{head}/README.md", archive.getnames())
        self.assertTrue(zipfile.ZipFile(io.BytesIO(self.project.repository_archive(sha="main", format="zip"))).namelist())


class MergeRequests(Case):
    def change(self, branch, content):
        self.project.commits.create(
            {
                "branch": branch,
                "start_branch": "main",
                "commit_message": f"Change in {branch}",
                "actions": [{"action": "update", "file_path": "README.md", "content": content}],
            }
        )

    def test_are_discussed_approved_and_merged(self):
        self.change("good", "better\n")
        request = self.project.mergerequests.create(
            {"source_branch": "good", "target_branch": "main", "title": "Draft: Good", "labels": ["ml"], "remove_source_branch": True}
        )
        self.assertEqual((request.draft, request.detailed_merge_status), (True, "draft_status"))
        self.refused(405, lambda: request.merge())
        self.refused(
            409,
            lambda: self.project.mergerequests.create({"source_branch": "good", "target_branch": "main", "title": "Twin"}),
            [f"Another open merge request already exists for this source branch: !{request.iid}"],
        )
        request.title = "Good"
        request.save()
        self.assertEqual([one["new_path"] for one in request.changes()["changes"]], ["README.md"])
        self.assertEqual(len(list(request.commits())), 1)
        thread = request.discussions.create({"body": "Why?"})
        thread.notes.create({"body": "Because."})
        self.assertEqual(len(request.discussions.get(thread.id).attributes["notes"]), 2)
        request.approve()
        self.assertTrue(request.approvals.get().approved)
        self.refused(401, lambda: request.approve())
        self.refused(409, lambda: request.merge(sha="0" * 40))
        request.merge()
        merged = self.project.mergerequests.get(request.iid)
        self.assertEqual((merged.state, merged.merged_by["username"]), ("merged", "root"))
        self.assertEqual(self.project.files.get("README.md", ref="main").decode(), b"better\n")
        self.refused(404, lambda: self.project.branches.get("good"))
        self.refused(405, lambda: request.merge())

    def test_that_conflict_are_not_merged(self):
        self.change("left", "left\n")
        self.change("right", "right\n")
        first, second = (
            self.project.mergerequests.create({"source_branch": name, "target_branch": "main", "title": name})
            for name in ("left", "right")
        )
        first.merge(squash=True)
        again = self.project.mergerequests.get(second.iid)
        self.assertEqual((again.has_conflicts, again.detailed_merge_status), (True, "conflict"))
        self.refused(422, lambda: again.merge(), "Branch cannot be merged")
        again.state_event = "close"
        again.save()
        self.assertEqual([one.iid for one in self.project.mergerequests.list(state="closed")], [second.iid])
        self.refused(
            422,
            lambda: self.project.mergerequests.create({"source_branch": "none", "target_branch": "main", "title": "x"}),
            ['Source branch "none" does not exist'],
        )


class People(Case):
    def test_members_have_levels_that_are_inherited_and_guarded(self):
        ann = ROOT.users.create({"username": "ann", "name": "Ann", "email": "ann@example.com", "password": "Str0ng-password"})
        self.refused(
            409,
            lambda: ROOT.users.create({"username": "ann2", "name": "A", "email": "ann@example.com", "password": "x"}),
            "Email has already been taken",
        )
        self.group.members.create({"user_id": ann.id, "access_level": AccessLevel.DEVELOPER})
        self.assertEqual(self.project.members_all.get(ann.id).access_level, 30)
        self.refused(404, lambda: self.project.members.get(ann.id), "404 Not found")
        self.refused(
            400,
            lambda: self.project.members.create({"user_id": ann.id, "access_level": AccessLevel.REPORTER}),
            {"access_level": ["should be greater than or equal to Developer inherited membership from group People"]},
        )
        member = self.project.members.create({"user_id": ann.id, "access_level": AccessLevel.MAINTAINER})
        self.refused(409, lambda: self.project.members.create({"user_id": ann.id, "access_level": 40}), "Member already exists")
        self.refused(400, lambda: self.project.members.create({"user_id": ann.id, "access_level": 33}))
        member.expires_at = "2099-01-01"
        member.save()
        self.assertEqual(self.project.members.get(ann.id).expires_at, "2099-01-01")
        token = ann.personal_access_tokens.create({"name": "script", "scopes": ["api"]})
        hers = gitlab.Gitlab(URL, private_token=token.token)
        hers.auth()
        self.assertEqual(hers.user.username, "ann")
        mine = hers.projects.get(self.project.id)
        self.refused(403, lambda: mine.members.create({"user_id": 1, "access_level": AccessLevel.OWNER}))
        self.refused(403, lambda: mine.delete())
        member.delete()
        self.refused(403, lambda: hers.projects.get(self.project.id).hooks.list())


class Issues(Case):
    def test_are_labelled_commented_closed_and_counted(self):
        issue = self.project.issues.create({"title": "Drift", "labels": "drift,ml", "confidential": True})
        self.assertEqual((issue.labels, issue.confidential), (["drift", "ml"], True))
        note = issue.notes.create({"body": "Looking"})
        note.body = "Looked"
        note.save()
        issue.add_labels = ["urgent"]
        issue.remove_labels = ["ml"]
        issue.state_event = "close"
        issue.save()
        again = self.project.issues.get(issue.iid)
        self.assertEqual((again.state, again.labels, again.attributes["closed_by"]["username"]), ("closed", ["drift", "urgent"], "root"))
        self.assertEqual([one.body for one in again.notes.list(sort="asc", activity_filter="only_comments")], ["Looked"])
        self.assertEqual([one.state for one in again.resourcestateevents.list()], ["closed"])
        self.assertEqual(self.project.issues_statistics.get().statistics["counts"], {"all": 1, "closed": 1, "opened": 0})
        self.assertEqual([one.id for one in self.group.issues.list(labels=["urgent"], state="closed")], [issue.id])
        label = self.project.labels.get("drift")
        label.color = "#ff0000"
        label.save()
        self.assertEqual(self.project.labels.get("drift").color, "#ff0000")
        self.refused(400, lambda: ROOT.http_post(f"/projects/{self.project.id}/issues", post_data={"description": "x"}), "title is missing")
        self.refused(404, lambda: self.project.issues.get(99), "404 Not found")


class Delivery(Case):
    def test_statuses_follow_their_transitions(self):
        commit = self.project.commits.list(ref_name="main", per_page=1, page=1)[0]
        commit.statuses.create({"state": "running", "name": "gate", "ref": "main"})
        with self.assertRaises(gitlab.GitlabCreateError) as caught:
            commit.statuses.create({"state": "running", "name": "gate", "ref": "main"})
        self.assertIn("Cannot transition status via :run from :running", caught.exception.error_message)
        commit.statuses.create({"state": "success", "name": "gate", "ref": "main"})
        self.assertEqual([one.status for one in commit.statuses.list(name="gate")], ["success"])
        self.refused(400, lambda: commit.statuses.create({"state": "fine"}), "state does not have a valid value")

    def test_environments_and_deployments_have_rules(self):
        head = self.project.commits.list(ref_name="main", per_page=1, page=1)[0].id
        new = {"environment": "staging", "sha": head, "ref": "main", "tag": False, "status": "running"}
        deployment = self.project.deployments.create(new)
        path = f"/projects/{self.project.id}/deployments/{deployment.id}"
        self.refused(400, lambda: ROOT.http_delete(path), "Cannot destroy running deployment")
        deployment.status = "success"
        deployment.save()
        self.refused(400, lambda: ROOT.http_put(path, post_data={"status": "success"}), {"status": ['cannot transition via "succeed"']})
        self.assertEqual(self.project.deployments.create({**new, "status": "success"}).id, deployment.id)
        environment = self.project.environments.list(name="staging")[0]
        self.refused(403, lambda: environment.delete())
        environment.stop()
        environment.delete()
        self.project.environments.create({"name": "prod", "external_url": "https://example.com"})
        self.refused(400, lambda: self.project.environments.create({"name": "prod"}), {"name": ["has already been taken"]})

    def test_pipelines_run_and_can_be_looked_into(self):
        self.project.variables.create({"key": "GREETING", "value": "hello there"})
        self.project.commits.create(
            {
                "branch": "main",
                "commit_message": "Run",
                "actions": [
                    {"action": "create", "file_path": ".gitlab-ci.yml", "content": CI_FILE},
                    {"action": "create", "file_path": "ci/extra.yml", "content": "extra:\n  stage: build\n  script: echo extra\n"},
                ],
            }
        )
        # A manual job that may fail doesn't hold the pipeline up.
        pipeline = until(
            "the pipeline", lambda: next(iter(self.project.pipelines.list(source="push", status="success", ref="main")), None)
        )
        pipeline = self.project.pipelines.get(pipeline.id)
        self.assertEqual(pipeline.detailed_status["label"], "passed with warnings")
        jobs = {job.name: job for job in pipeline.jobs.list(get_all=True)}
        self.assertEqual(
            {name: job.status for name, job in jobs.items()},
            {"build": "success", "extra": "success", "tolerated": "failed", "use": "success", "deploy": "success", "undeploy": "manual"},
        )
        self.assertTrue(jobs["tolerated"].allow_failure)
        build = self.project.jobs.get(jobs["build"].id)
        self.assertIn("image", build.trace().decode().split("\n")[1])
        self.assertEqual(build.artifact("colour.txt"), b"green\n")
        self.assertEqual(zipfile.ZipFile(io.BytesIO(build.artifacts())).namelist(), ["colour.txt"])
        self.assertEqual(self.project.artifacts.raw("main", "colour.txt", "build"), b"green\n")
        self.assertIn("hello there", self.project.jobs.get(jobs["deploy"].id).trace().decode())
        self.refused(400, lambda: build.play())
        environment = self.project.environments.list(name="review/one")[0]
        self.assertEqual(environment.state, "available")
        environment.stop()
        until("the stop", lambda: self.project.environments.get(environment.id).state == "stopped")
        again = self.project.pipelines.create({"ref": "main", "variables": [{"key": "GREETING", "value": "by hand"}]})
        self.assertEqual(again.source, "api")
        again.cancel()
        until("the cancelling", lambda: self.project.pipelines.get(again.id).status == "canceled")
        self.refused(400, lambda: self.project.pipelines.create({"ref": "nowhere"}), {"base": ["Reference not found"]})
        trigger = self.project.triggers.create({"description": "from outside"})
        triggered = self.project.trigger_pipeline("main", trigger.token, variables={"GREETING": "triggered"})
        self.assertEqual(self.project.pipelines.get(triggered.id).source, "trigger")
        triggered.cancel()
        wrong = self.project.ci_lint.create({"content": "stages: [one]\nbuild:\n  stage: none\n  script: x\n"})
        self.assertEqual(
            (wrong.valid, wrong.errors),
            (False, ["build job: chosen stage none does not exist; available stages are .pre, one, .post"]),
        )
        self.assertTrue(self.project.ci_lint.create({"content": "build:\n  script: x\n"}).valid)

    def test_skipped_pushes_make_skipped_pipelines(self):
        self.project.commits.create(
            {
                "branch": "quiet",
                "start_branch": "main",
                "commit_message": "Nothing to run [skip ci]",
                "actions": [{"action": "create", "file_path": "quiet.txt", "content": "x"}]
                + ([] if self.has_ci() else [{"action": "create", "file_path": ".gitlab-ci.yml", "content": "a:\n  script: x\n"}]),
            }
        )
        until("a skipped pipeline", lambda: self.project.pipelines.list(ref="quiet", status="skipped"))

    def has_ci(self):
        return any(one["path"] == ".gitlab-ci.yml" for one in self.project.repository_tree(ref="main"))


class Hooks(Case):
    def test_deliver_are_logged_and_are_sent_again(self):
        hook = self.project.hooks.create(
            {
                "url": os.environ["HOOK_URL"],
                "push_events": False,
                "issues_events": True,
                "merge_requests_events": True,
                "job_events": True,
                "token": "secret",
                "signing_token": "whsec_" + base64.b64encode(bytes(32)).decode(),
            }
        )
        shown = self.project.hooks.get(hook.id)
        self.assertTrue(shown.token_present and shown.signing_token_present and shown.job_events)
        self.assertFalse(hasattr(shown, "token"))
        self.project.issues.create({"title": "Tell"})
        events = f"/projects/{self.project.id}/hooks/{hook.id}/events"
        event = until("a delivery", lambda: ROOT.http_get(events))[0]
        self.assertEqual((event["trigger"], event["response_status"]), ("issue_hooks", "200"))
        self.assertEqual(event["request_data"]["object_attributes"]["action"], "open")
        self.assertEqual(ROOT.http_post(f"{events}/{event['id']}/resend")["response_status"], 200)
        keys = {one["request_headers"]["Idempotency-Key"] for one in ROOT.http_get(events)}
        self.assertEqual(len(keys), 1)
        hook.test("push_events")
        self.refused(422, lambda: hook.test("merge_requests_events"), "Ensure the project has merge requests.")
        self.refused(422, lambda: self.project.hooks.create({"url": "ftp://x"}), "Invalid url given")
        hook.delete()
        self.refused(404, lambda: self.project.hooks.get(hook.id))


if __name__ == "__main__":
    unittest.main(verbosity=2)
