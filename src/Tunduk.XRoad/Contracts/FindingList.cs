using System.Xml;
using System.Xml.Linq;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts;

/// <summary>Collects findings; the same one at the same place once, and no more than a reader would read.</summary>
internal sealed class FindingList
{
    // Errors have a room of their own: warnings never hide one.
    private const int Max = 500;
    private readonly List<ContractFinding> findings = [];
    private readonly HashSet<ContractFinding> seen = [];
    private int errors;
    private int others;

    public IReadOnlyList<ContractFinding> All => findings;

    public void Note(string construct, string message, SchemaLocation at) => Add(FindingSeverity.Note, construct, message, at);

    public void Warning(string construct, string message, SchemaLocation at) => Add(FindingSeverity.Warning, construct, message, at);

    public void Error(string construct, string message, SchemaLocation at) => Add(FindingSeverity.Error, construct, message, at);

    public static SchemaLocation At(XObject node, string file) => new(file, ((IXmlLineInfo)node).LineNumber);

    private void Add(FindingSeverity severity, string construct, string message, SchemaLocation at)
    {
        var finding = new ContractFinding(severity, construct, message, at);
        ref var count = ref severity == FindingSeverity.Error ? ref errors : ref others;
        if (count < Max && seen.Add(finding))
        {
            count++;
            findings.Add(finding);
        }
    }
}
