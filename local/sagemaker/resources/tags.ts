import type {
  AddTagsInput,
  AddTagsOutput,
  DeleteTagsInput,
  DeleteTagsOutput,
  ListTagsInput,
  ListTagsOutput,
  Tag,
} from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { inOrder, page } from '../api/paging.ts';
import { ValidationException } from '../errors.ts';
import type { World } from '../world.ts';

const MOST_TAGS = 50;

export function addTags(world: World, request: Checked<AddTagsInput>): AddTagsOutput {
  return { Tags: setTags(world, request.ResourceArn, request.Tags) };
}

export function listTags(world: World, request: Checked<ListTagsInput>): ListTagsOutput {
  const { items, ...next } = page(inOrder(tagsOf(world, request.ResourceArn)), request);
  return { Tags: items, ...next };
}

export function deleteTags(world: World, request: Checked<DeleteTagsInput>): DeleteTagsOutput {
  const kept = tagsOf(world, request.ResourceArn).filter((tag) => !request.TagKeys.includes(tag.Key));
  world.store.tags.put(request.ResourceArn, { arn: request.ResourceArn, tags: kept });
  return {};
}

/** Adds tags; one of the same key is replaced. */
export function setTags(world: World, arn: string, tags: Checked<Tag>[] | undefined): Checked<Tag>[] {
  const merged = new Map([...tagsOf(world, arn), ...(tags ?? [])].map((tag) => [tag.Key, tag]));
  if (merged.size > MOST_TAGS)
    throw new ValidationException(`A resource has at most ${MOST_TAGS} tags; ${arn} would have ${merged.size}.`);
  const all = [...merged.values()];
  if (all.length > 0) world.store.tags.put(arn, { arn, tags: all });
  return all;
}

export function forgetTags(world: World, arn: string): void {
  world.store.tags.delete(arn);
}

/** Tags as events carry them: a map. */
export function tagMap(world: World, arn: string): Record<string, string> {
  return Object.fromEntries(tagsOf(world, arn).map((tag) => [tag.Key, tag.Value]));
}

function tagsOf(world: World, arn: string): Checked<Tag>[] {
  return world.store.tags.get(arn)?.tags ?? [];
}
