/** A mail by SNS: text only; the subject has less than 100 characters and no line break. */
export type Notice = { subject: string; text: string };

export type Notices = {
  tellStewards(group: string, notice: Notice): Promise<void>;
  tellOnCall(group: string, notice: Notice): Promise<void>;
};

/** Groups have topics by what they are told of: `on-call` is woken, `tickets` are read in working hours, `stewards` decide. */
export type TopicRole = 'stewards' | 'on-call' | 'tickets';

/** The ARN of a group's topic. */
export type TopicAddress = (role: TopicRole, group: string) => string;
