import { expect, it } from '@jest/globals';
import { attachmentNamed } from '../../../../local/gitlab/content-disposition.ts';

it('offers files under any name in a header that can be sent', () => {
  expect(attachmentNamed('model-main.tar.gz')).toBe(
    `attachment; filename="model-main.tar.gz"; filename*=UTF-8''model-main.tar.gz`,
  );
  expect(attachmentNamed('größe 模型.zip')).toBe(
    `attachment; filename="gro?e ??.zip"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%E6%A8%A1%E5%9E%8B.zip`,
  );
  for (const name of ['a"b\r\nX-Evil: 1.zip', '\u{1F680}.zip', '\uD800.zip', "it's (new)*.zip"])
    expect(new Headers({ 'content-disposition': attachmentNamed(name) }).get('content-disposition')).not.toContain(
      name,
    );
});
