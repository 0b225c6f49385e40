import { memo, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';

const PLUGINS = [remarkGfm];
const SAFE_LINK = /^(https?:|mailto:)/i;

const COMPONENTS: Components = {
  a: ({ href, children }) =>
    href !== undefined && SAFE_LINK.test(href) ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
  // An image would tell its host that somebody reads this.
  img: ({ alt, src }) => (
    <span className="text-muted">
      [image{alt === undefined || alt === '' ? '' : `: ${alt}`}
      {typeof src === 'string' ? ` · ${src}` : ''}]
    </span>
  ),
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
  // The outline of the page is not the agent's to write.
  h1: Heading,
  h2: Heading,
  h3: Heading,
  h4: Heading,
  h5: Heading,
  h6: Heading,
  // A list of things done is text, not controls.
  input: ({ checked }) => <span>{checked === true ? '☑ ' : '☐ '}</span>,
};

function Heading({ children }: { readonly children?: ReactNode }) {
  return <p className="text-[1.0625rem] font-semibold">{children}</p>;
}

/** What an agent wrote, as text with a form: no raw HTML, nothing loaded, links only to the web and to mail. */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }) {
  return (
    <div className="prose">
      <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS} skipHtml={false}>
        {text}
      </ReactMarkdown>
    </div>
  );
});
