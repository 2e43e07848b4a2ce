import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CALL_SETTINGS } from './call-settings.ts';

let client: DynamoDBClient | undefined;

export function dynamodbClient(): DynamoDBClient {
  client ??= new DynamoDBClient(CALL_SETTINGS);
  return client;
}
