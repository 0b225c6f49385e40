/** A question before its form is there: as it was typed. */
export function QuestionText({ text }: { readonly text: string }) {
  return <p className="whitespace-pre-wrap">{text}</p>;
}
