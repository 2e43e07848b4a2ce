import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import { kmsClient } from './kms-client.ts';
import { asFaults } from './translate-error.ts';

/** Seals a task token under its subject: the token of one subject can't be unsealed as that of another. */
export type SealsTokens = {
  seal(subject: string, taskToken: string): Promise<string>;
  unseal(subject: string, sealed: string): Promise<string>;
};

export function kmsTokenSeals({ keyArn }: { keyArn: string }): SealsTokens {
  const client = kmsClient();
  return {
    async seal(subject, taskToken) {
      const command = new EncryptCommand({
        KeyId: keyArn,
        Plaintext: Buffer.from(taskToken, 'utf8'),
        EncryptionContext: { subject },
      });
      const { CiphertextBlob } = await asFaults(`Encrypting the token of ${subject}`, () => client.send(command));
      return Buffer.from(CiphertextBlob ?? []).toString('base64');
    },
    async unseal(subject, sealed) {
      const command = new DecryptCommand({
        KeyId: keyArn,
        CiphertextBlob: Buffer.from(sealed, 'base64'),
        EncryptionContext: { subject },
      });
      const { Plaintext } = await asFaults(`Decrypting the token of ${subject}`, () => client.send(command));
      return Buffer.from(Plaintext ?? []).toString('utf8');
    },
  };
}
