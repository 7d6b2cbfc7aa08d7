using System.Text;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>Changes a SOAP answer on demand after all of the security server's own checks, as a dishonest or broken one would.</summary>
internal static class ResponseTampering
{
    private static readonly string OtherHash = Convert.ToBase64String(
        System.Security.Cryptography.SHA512.HashData("another request"u8));

    public static ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> soap, FaultPlan plan)
    {
        bool forge = plan.Has(SecurityServerFaultKind.ForgedResponse);
        bool echo = plan.Has(SecurityServerFaultKind.WrongEcho);
        bool wrongHash = plan.Has(SecurityServerFaultKind.WrongHash);
        var drop = new HashSet<string>(StringComparer.Ordinal);
        if (plan.Has(SecurityServerFaultKind.MissingHash))
        {
            drop.Add("requestHash");
        }

        foreach (string header in plan.Find(SecurityServerFaultKind.StrippedHeaders)?.Headers ?? [])
        {
            drop.Add(header);
        }

        if (!forge && !echo && !wrongHash && drop.Count == 0)
        {
            return soap;
        }

        string AlterHeader(string field, string text) => field switch
        {
            "id" when echo => Other(text),
            "requestHash" when wrongHash => OtherHash,
            _ => text,
        };

        using var rewriter = new SoapRewriter(null, soap.Length, new UTF8Encoding(false), drop)
        {
            AlterHeader = AlterHeader,
            AlterBody = forge ? Other : null,
        };
        SoapScanner.Scan(soap, Encoding.UTF8, rewriter);
        return rewriter.Written();
    }

    // Another value of the same form and length: only a signature or an echo check can notice.
    private static string Other(string text)
    {
        char[] characters = text.ToCharArray();
        int last = Array.FindLastIndex(characters, char.IsLetterOrDigit);
        if (last >= 0)
        {
            characters[last] = characters[last] switch
            {
                '9' => '0',
                'z' => 'a',
                'Z' => 'A',
                var c => (char)(c + 1),
            };
        }

        return new string(characters);
    }
}
