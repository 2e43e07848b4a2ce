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
import { requireTaggable } from './taggable.ts';

const MOST_TAGS = 50;

export function addTags(world: World, request: Checked<AddTagsInput>): AddTagsOutput {
  requireTaggable(world, request.ResourceArn);
  return { Tags: setTags(world, request.ResourceArn, request.Tags) };
}

export function listTags(world: World, request: Checked<ListTagsInput>): ListTagsOutput {
  requireTaggable(world, request.ResourceArn);
  const { items, ...next } = page(inOrder(tagsOf(world, request.ResourceArn)), request);
  return { Tags: items, ...next };
}

export function deleteTags(world: World, request: Checked<DeleteTagsInput>): DeleteTagsOutput {
  requireTaggable(world, request.ResourceArn);
  const kept = tagsOf(world, request.ResourceArn).filter((tag) => !request.TagKeys.includes(tag.Key));
  world.store.tags.put(request.ResourceArn, { arn: request.ResourceArn, tags: kept });
  return {};
}

/** Adds tags; one of the same key is replaced. @throws ValidationException for reserved, repeated and too many keys */
export function setTags(world: World, arn: string, tags: Checked<Tag>[] | undefined): Checked<Tag>[] {
  requireFreeKeys((tags ?? []).map((tag) => tag.Key));
  const merged = new Map([...tagsOf(world, arn), ...(tags ?? [])].map((tag) => [tag.Key, tag]));
  if (merged.size > MOST_TAGS)
    throw new ValidationException(`A resource has at most ${MOST_TAGS} tags; ${arn} would have ${merged.size}.`);
  const all = [...merged.values()];
  if (all.length > 0) world.store.tags.put(arn, { arn, tags: all });
  return all;
}

function requireFreeKeys(keys: string[]): void {
  const reserved = keys.find((key) => key.toLowerCase().startsWith('aws:'));
  if (reserved !== undefined)
    throw new ValidationException(`aws: prefixed tag key names are not allowed for external use: ${reserved}`);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw new ValidationException(`Duplicate tag keys found: ${twice}`);
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
