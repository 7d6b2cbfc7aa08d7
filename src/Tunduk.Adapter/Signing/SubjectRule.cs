using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Signing;

/// <summary>Binds a certificate of an authority to the counterparty: a part its subject must have.</summary>
internal static class SubjectRule
{
    /// <summary>True when the subject has the part, for example <c>SERIALNUMBER=70009001</c>; compared whole and exactly.</summary>
    /// <remarks>A subject that says the same kind of thing twice says nothing (<c>CN=a, CN=b</c>); of <c>OU</c> alone there may be several.</remarks>
    public static bool Holds(X509Certificate2 certificate, string? rule)
    {
        if (string.IsNullOrEmpty(rule) || rule.Split('=', 2) is not [var wanted, var value])
        {
            return false;
        }

        var values = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(part => !part.HasMultipleElements && Names(part.GetSingleElementType()).Contains(wanted.Trim(), StringComparer.OrdinalIgnoreCase))
            .Select(part => part.GetSingleElementValue())
            .ToList();
        return values.Contains(value.Trim(), StringComparer.Ordinal)
            && (values.Count == 1 || wanted.Trim().Equals("OU", StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<string> Names(System.Security.Cryptography.Oid type) => type.Value switch
    {
        "2.5.4.3" => ["CN"],
        "2.5.4.5" => ["SERIALNUMBER"],
        "2.5.4.6" => ["C"],
        "2.5.4.10" => ["O"],
        "2.5.4.11" => ["OU"],
        "2.5.4.97" => ["organizationIdentifier"],
        _ => [type.Value ?? ""],
    };
}
