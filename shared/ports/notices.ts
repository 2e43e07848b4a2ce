/** A mail by SNS: text only; the subject has less than 100 characters and no line break. */
export type Notice = { subject: string; text: string };

export type Notices = {
  tellStewards(group: string, notice: Notice): Promise<void>;
  tellOnCall(group: string, notice: Notice): Promise<void>;
};
