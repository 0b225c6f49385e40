import { ChevronRight } from 'lucide-react';
import { Link } from 'wouter';

interface SettingsLinkProps {
  readonly href: string;
  readonly title: string;
  readonly about: string;
}

/** The way to one area of the settings. */
export function SettingsLink({ href, title, about }: SettingsLinkProps) {
  return (
    <Link href={href} className="flex min-h-14 items-center gap-3 px-4 py-2 hover:bg-hover">
      <span className="min-w-0 flex-1">
        <span className="block font-medium">{title}</span>
        <span className="block text-[0.8125rem] text-muted">{about}</span>
      </span>
      <ChevronRight aria-hidden="true" size={18} className="shrink-0 text-muted" />
    </Link>
  );
}
