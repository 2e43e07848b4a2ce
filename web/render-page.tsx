import type { HtmlEscapedString } from 'hono/utils/html';
import { EndpointPage, type EndpointView } from './pages/endpoint-page.tsx';
import { MessagePage, type MessageView } from './pages/message-page.tsx';
import { ModelPage, type ModelView } from './pages/model-page.tsx';
import { OverviewPage, type OverviewView } from './pages/overview-page.tsx';
import { ReviewPage, type ReviewView } from './pages/review-page.tsx';
import { RunPage, type RunView } from './pages/run-page.tsx';
import { RunbookPage, type RunbookView } from './pages/runbook-page.tsx';
import { SignInPage, type SignInView } from './pages/sign-in-page.tsx';
import type { PageFrame, Viewer } from './parts/layout.tsx';

type SignedInFrame = PageFrame & { viewer: Viewer };

/** Every page, from plain values to the document that goes to the browser. */
export const renderReviewPage = (frame: SignedInFrame, view: ReviewView) =>
  documentOf(<ReviewPage frame={frame} view={view} />);
export const renderRunPage = (frame: SignedInFrame, view: RunView) => documentOf(<RunPage frame={frame} view={view} />);
export const renderModelPage = (frame: SignedInFrame, view: ModelView) =>
  documentOf(<ModelPage frame={frame} view={view} />);
export const renderEndpointPage = (frame: SignedInFrame, view: EndpointView) =>
  documentOf(<EndpointPage frame={frame} view={view} />);
export const renderOverviewPage = (frame: SignedInFrame, view: OverviewView) =>
  documentOf(<OverviewPage frame={frame} view={view} />);
export const renderSignInPage = (frame: PageFrame, view: SignInView) =>
  documentOf(<SignInPage frame={frame} view={view} />);
export const renderMessagePage = (frame: PageFrame, view: MessageView) =>
  documentOf(<MessagePage frame={frame} view={view} />);
export const renderRunbookPage = (frame: PageFrame, view: RunbookView) =>
  documentOf(<RunbookPage frame={frame} view={view} />);

async function documentOf(page: HtmlEscapedString | Promise<HtmlEscapedString>): Promise<string> {
  return `<!DOCTYPE html>${await page}`;
}
