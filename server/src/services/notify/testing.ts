/** A sender that keeps what it is given and answers as a test says. */
import type { SendResult } from '../../domain/notify/sending.ts';
import type { PushErrand, Sender, TopicErrand } from '../../ports/sender.ts';

export class TestSender implements Sender {
  readonly publicKey = 'the-key';
  readonly pushes: PushErrand[] = [];
  readonly topics: TopicErrand[] = [];
  answer: SendResult = { status: 'accepted' };

  refusal(address: string): string | undefined {
    return address.startsWith('http:') ? 'not over https' : undefined;
  }

  async push(errand: PushErrand): Promise<SendResult> {
    this.pushes.push(errand);
    return this.answer;
  }

  async topic(errand: TopicErrand): Promise<SendResult> {
    this.topics.push(errand);
    return this.answer;
  }
}
