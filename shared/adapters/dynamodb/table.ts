import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, type NativeAttributeValue, unmarshall } from '@aws-sdk/util-dynamodb';
import { cancellationReasons, conditionFailed } from '../aws/conditional-failure.ts';
import { dynamodbClient } from '../aws/dynamodb-client.ts';
import { asFaults } from '../aws/translate-error.ts';

export type Key = { pk: string; sk: string };
export type Item = Key & Record<string, NativeAttributeValue>;
export type Values = Record<string, NativeAttributeValue>;
export type Write = NonNullable<TransactWriteItemsCommandInput['TransactItems']>[number];

export type UpdateExpression = { update: string; condition: string; names?: Record<string, string>; values?: Values };

/** Sorts after every character of a sort key. */
const LAST_CHARACTER = '~';

function toAttributes(item: Values): Record<string, AttributeValue> {
  return marshall(item, { removeUndefinedValues: true });
}

/** The one table of a stage. Every write carries a condition; reads by key are consistent. */
export function openTable(table: string, client: DynamoDBClient = dynamodbClient()) {
  return {
    name: table,

    async get(key: Key): Promise<Values | undefined> {
      const { Item } = await asFaults(`Reading ${key.pk}`, () =>
        client.send(new GetItemCommand({ TableName: table, Key: toAttributes(key), ConsistentRead: true })),
      );
      return Item && unmarshall(Item);
    },

    /** Puts the item if the condition holds; `false` where it does not. */
    async put(item: Item, condition: { expression: string; values?: Values }): Promise<boolean> {
      return orFalse(() =>
        asFaults(`Writing ${item.pk}`, () =>
          client.send(
            new PutItemCommand({
              TableName: table,
              Item: toAttributes(item),
              ConditionExpression: condition.expression,
              ...(condition.values && { ExpressionAttributeValues: toAttributes(condition.values) }),
            }),
          ),
        ),
      );
    },

    /** The item after the update, `undefined` where the condition does not hold. */
    async update(key: Key, expression: UpdateExpression): Promise<Values | undefined> {
      let after: Values | undefined;
      await orFalse(async () => {
        const { Attributes } = await asFaults(`Writing ${key.pk}`, () =>
          client.send(new UpdateItemCommand({ ...updateInput(table, key, expression), ReturnValues: 'ALL_NEW' })),
        );
        after = Attributes && unmarshall(Attributes);
      });
      return after;
    },

    /** Writes all or nothing: `undefined` when done, else the reason of each write. */
    async transact(doing: string, writes: Write[]): Promise<string[] | undefined> {
      try {
        await asFaults(doing, () => client.send(new TransactWriteItemsCommand({ TransactItems: writes })));
        return undefined;
      } catch (error) {
        const reasons = cancellationReasons(error);
        if (reasons === undefined) throw error;
        return reasons;
      }
    },

    putWrite(item: Item, condition: string, values?: Values, names?: Record<string, string>): Write {
      return {
        Put: {
          TableName: table,
          Item: toAttributes(item),
          ConditionExpression: condition,
          ...(values && { ExpressionAttributeValues: toAttributes(values) }),
          ...(names && { ExpressionAttributeNames: names }),
        },
      };
    },

    updateWrite(key: Key, expression: UpdateExpression): Write {
      return { Update: updateInput(table, key, expression) };
    },

    /** Items of one partition whose sort key begins with `prefix` (and is `from` or comes after it), in the order of the key. */
    async queryPartition(
      pk: string,
      prefix: string,
      options: { newestFirst?: boolean; limit?: number; from?: string } = {},
    ): Promise<Values[]> {
      const { from } = options;
      const place = from === undefined ? { ':prefix': prefix } : { ':from': from, ':to': `${prefix}${LAST_CHARACTER}` };
      const within = from === undefined ? 'begins_with(sk, :prefix)' : 'sk BETWEEN :from AND :to';
      return query(
        client,
        {
          TableName: table,
          KeyConditionExpression: `pk = :pk AND ${within}`,
          ExpressionAttributeValues: toAttributes({ ':pk': pk, ...place }),
          ScanIndexForward: options.newestFirst !== true,
          ConsistentRead: true,
        },
        options.limit,
      );
    },

    /** Items of one index partition, in the order of `gsi1sk`; `before` is exclusive. */
    async queryIndex(gsi1pk: string, options: { before?: string; limit?: number } = {}): Promise<Values[]> {
      const upTo = options.before === undefined ? '' : ' AND gsi1sk < :before';
      return query(
        client,
        {
          TableName: table,
          IndexName: 'gsi1',
          KeyConditionExpression: `gsi1pk = :pk${upTo}`,
          ExpressionAttributeValues: toAttributes({
            ':pk': gsi1pk,
            ...(options.before !== undefined && { ':before': options.before }),
          }),
        },
        options.limit,
      );
    },
  };
}

export type Table = ReturnType<typeof openTable>;

function updateInput(table: string, key: Key, { update, condition, names, values }: UpdateExpression) {
  return {
    TableName: table,
    Key: toAttributes(key),
    UpdateExpression: update,
    ConditionExpression: condition,
    ...(names && { ExpressionAttributeNames: names }),
    ...(values && { ExpressionAttributeValues: toAttributes(values) }),
  };
}

async function orFalse(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (conditionFailed(error)) return false;
    throw error;
  }
}

type QueryInput = ConstructorParameters<typeof QueryCommand>[0];

async function query(client: DynamoDBClient, input: QueryInput, limit = Number.POSITIVE_INFINITY): Promise<Values[]> {
  const found: Values[] = [];
  let start: Record<string, AttributeValue> | undefined;
  do {
    const remaining = limit - found.length;
    const page = await asFaults('Querying the table', () =>
      client.send(
        new QueryCommand({
          ...input,
          ...(Number.isFinite(remaining) && { Limit: remaining }),
          ...(start && { ExclusiveStartKey: start }),
        }),
      ),
    );
    found.push(...(page.Items ?? []).map((item) => unmarshall(item)));
    start = page.LastEvaluatedKey;
  } while (start !== undefined && found.length < limit);
  return found;
}
