namespace Tunduk.Adapter.Agreements;

/// <summary>Something wrong with an agreement document, with the place and the way out.</summary>
/// <param name="Code">Stable code in snake_case.</param>
/// <param name="File">Name of the file without its folder.</param>
/// <param name="Line">Line, from 1; 0 where the fault is about the whole file.</param>
/// <param name="Column">Column, from 1; 0 where the fault is about the whole file.</param>
/// <param name="Key">Path of the key in the document, such as <c>services[0].request.allow[2]</c>.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">What to write instead.</param>
/// <param name="IsWarning">The document is usable as it stands.</param>
internal sealed record AgreementFault(string Code, string File, int Line, int Column, string Key, string Message, string Remedy, bool IsWarning = false)
{
    public override string ToString() =>
        $"{File}{(Line > 0 ? $":{Line}:{Column}" : string.Empty)}: {(IsWarning ? "warning" : "error")} {Code}: {(Key.Length > 0 ? Key + ": " : string.Empty)}{Message}. {Remedy}";
}
