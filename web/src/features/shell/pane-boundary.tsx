import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Trouble } from '../../ui/trouble.tsx';

interface PaneBoundaryProps {
  /** Another screen is another try. */
  readonly of: string;
  readonly children: ReactNode;
}

interface PaneBoundaryState {
  readonly error: Error | undefined;
  readonly of: string;
}

/** A screen that breaks does not take the others with it. */
export class PaneBoundary extends Component<PaneBoundaryProps, PaneBoundaryState> {
  override state: PaneBoundaryState = { error: undefined, of: this.props.of };

  static getDerivedStateFromError(error: unknown): Partial<PaneBoundaryState> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps(props: PaneBoundaryProps, state: PaneBoundaryState): PaneBoundaryState | null {
    return props.of === state.of ? null : { error: undefined, of: props.of };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    // The one place where a fault of the viewer itself can be told.
    // oxlint-disable-next-line no-console
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <div className="p-4">
        <Trouble
          what={`This screen broke: ${this.state.error.message}`}
          hint="The rest of the page still works."
          onRetry={() => this.setState({ error: undefined })}
        />
      </div>
    );
  }
}
