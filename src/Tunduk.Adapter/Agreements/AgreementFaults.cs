namespace Tunduk.Adapter.Agreements;

/// <summary>Collects what is wrong with one document, so that its author sees everything at once.</summary>
internal sealed class AgreementFaults(string file)
{
    /// <summary>More are not collected: a document with so many is not the one that was meant.</summary>
    public const int Max = 200;

    public List<AgreementFault> Items { get; } = [];

    /// <summary>Faults that come from a change of the contract are warnings.</summary>
    public bool Established { get; init; }

    public bool HasErrors => Items.Exists(static f => !f.IsWarning);

    public void Add(string code, YamlNode at, string key, string message, string remedy) => Add(code, at.Line, at.Column, key, message, remedy);

    public void Add(string code, int line, int column, string key, string message, string remedy) =>
        Add(new AgreementFault(code, file, line, column, key, message, remedy));

    public void Warn(string code, YamlNode at, string key, string message, string remedy) =>
        Add(new AgreementFault(code, file, at.Line, at.Column, key, message, remedy, IsWarning: true));

    /// <summary>A disagreement with the contract: an error in a new text, a warning in an established one.</summary>
    public void AddContract(string code, YamlNode at, string key, string message, string remedy) =>
        Add(new AgreementFault(code, file, at.Line, at.Column, key, message, remedy, IsWarning: Established));

    private void Add(AgreementFault fault)
    {
        if (Items.Count < Max)
        {
            Items.Add(fault);
        }
    }
}
