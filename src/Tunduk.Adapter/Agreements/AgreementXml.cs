namespace Tunduk.Adapter.Agreements;

/// <summary>
/// What a contract would say of a service's XML, where there is none: the namespaces in which its names count, and names of its
/// elements in Body beside those that follow from the service's code. Both are texts a sender could choose, and so are listed.
/// </summary>
/// <param name="Namespaces">The namespaces of the elements in Body and of what is in them; empty: that of the request's element alone.</param>
/// <param name="Elements">Names in Body, each beginning with the service's code; those of answers end with <c>Response</c>.</param>
internal sealed record AgreementXml(IReadOnlyList<string> Namespaces, IReadOnlyList<string> Elements)
{
    public const string AnswerSuffix = "Response";

    public static AgreementXml Nothing { get; } = new([], []);

    /// <summary>Reads it; whatever a security server would not pass, or a contract says already, is a fault.</summary>
    /// <param name="s">The service.</param>
    /// <param name="code">The service's code.</param>
    /// <param name="contract">Its contract, if there is one.</param>
    public static AgreementXml Read(YamlSection s, string code, ContractFields? contract)
    {
        YamlSection? x = s.Section("xml");
        if (x is null)
        {
            return Nothing;
        }

        AgreementXml xml = new(Texts(x, "namespaces", IsNamespace, Phrases.Of("Agreements.NoNamespaceServiceOwn"), Phrases.Of("Agreements.WriteUriStandsXmlns")), Texts(x, "elements", name => name.StartsWith(code, StringComparison.Ordinal) && name.All(static c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.'), Phrases.Of("Agreements.SecurityServerPassesOnly", code), Phrases.Of("Agreements.WriteLocalNameAlone", AnswerSuffix)));
        x.End();
        if (contract is not null)
        {
            s.Faults.Add("contradiction", x.Node, x.PathOf("namespaces"), Phrases.Of("Agreements.ContractSaysWhatElements"), Phrases.Of("Agreements.TakeXmlAwayServices"));
        }

        return xml;
    }

    private static List<string> Texts(YamlSection x, string name, Func<string, bool> isOk, string fault, string remedy)
    {
        List<string> found = [];
        foreach ((YamlNode node, string at) in x.List(name))
        {
            if (x.TextOf(node, at, 300) is not { } text)
            {
                continue;
            }

            if (!isOk(text))
            {
                x.Faults.Add("wrong_text", node, at, fault, remedy);
            }
            else if (found.Contains(text, StringComparer.Ordinal))
            {
                x.Faults.Add("duplicate_path", node, at, Phrases.Of("Agreements.StandsHereSecondTime"), Phrases.Of("Agreements.KeepTwo"));
            }
            else
            {
                found.Add(text);
            }
        }

        return found;
    }

    private static bool IsNamespace(string text) =>
        !text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '<' or '>' or '"')
        && !text.StartsWith("http://x-road.eu/", StringComparison.OrdinalIgnoreCase)
        && !text.StartsWith("http://schemas.xmlsoap.org/", StringComparison.Ordinal)
        && !text.StartsWith("http://docs.oasis-open.org/wss/", StringComparison.Ordinal)
        && !text.StartsWith("http://www.w3.org/", StringComparison.Ordinal);
}
