import { memo } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { MarkdownHeading } from './markdown-heading.tsx';

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
  // Each part runs the way its own first letters do.
  p: ({ children }) => <p dir="auto">{children}</p>,
  ul: ({ children }) => <ul dir="auto">{children}</ul>,
  ol: ({ children, start }) => (
    <ol dir="auto" start={start}>
      {children}
    </ol>
  ),
  blockquote: ({ children }) => <blockquote dir="auto">{children}</blockquote>,
  table: ({ children }) => <table dir="auto">{children}</table>,
  // The outline of the page is not the agent's to write.
  h1: MarkdownHeading,
  h2: MarkdownHeading,
  h3: MarkdownHeading,
  h4: MarkdownHeading,
  h5: MarkdownHeading,
  h6: MarkdownHeading,
  // A list of things done is text, not controls.
  input: ({ checked }) => <span>{checked === true ? '☑ ' : '☐ '}</span>,
};

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
