using System.Collections.Frozen;
using System.Text;

namespace Tunduk.XRoad.Faults;

/// <summary>The names of the codes in both spellings and their aliases.</summary>
internal static class FaultNames
{
    private static readonly FrozenDictionary<string, XRoadFaultCode> s_byFolded = Build();
    private static readonly FrozenDictionary<XRoadFaultCode, string> s_lower =
        Enum.GetValues<XRoadFaultCode>().ToFrozenDictionary(c => c, SnakeCase);

    /// <summary>Case and underscores do not count: the two spellings differ in nothing else.</summary>
    public static string Fold(string name) => name.Replace("_", string.Empty, StringComparison.Ordinal).ToLowerInvariant();

    public static bool TryFind(string folded, out XRoadFaultCode code)
    {
        if (s_byFolded.TryGetValue(folded, out code))
        {
            return true;
        }

        code = folded.StartsWith("asic", StringComparison.Ordinal) ? XRoadFaultCode.Asic : XRoadFaultCode.Unrecognised;
        return code == XRoadFaultCode.Asic;
    }

    public static string Write(XRoadFaultCode code, FaultSpelling spelling) =>
        spelling == FaultSpelling.LowerCase ? s_lower[code] : code switch
        {
            XRoadFaultCode.GlobalConfOutdated => "OutdatedGlobalConf",
            XRoadFaultCode.HsmNonOperational => "HSMNonOperational",
            // Before 7.8 there was no word of its own for a host that does not resolve.
            XRoadFaultCode.UnknownHost => "NetworkError",
            _ => code.ToString(),
        };

    private static FrozenDictionary<string, XRoadFaultCode> Build()
    {
        Dictionary<string, XRoadFaultCode> names = new(StringComparer.Ordinal);
        foreach (XRoadFaultCode code in Enum.GetValues<XRoadFaultCode>())
        {
            if (code is not (XRoadFaultCode.Own or XRoadFaultCode.Unrecognised))
            {
                names[Fold(code.ToString())] = code;
            }
        }

        names["outdatedglobalconf"] = XRoadFaultCode.GlobalConfOutdated;
        return names.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static string SnakeCase(XRoadFaultCode code)
    {
        switch (code)
        {
            case XRoadFaultCode.IOError:
                return "io_error";
            case XRoadFaultCode.HashchainUnusedInputs:
                return "hashchain_unused_inputs";
            default:
                StringBuilder text = new();
                foreach (char c in code.ToString())
                {
                    if (char.IsUpper(c) && text.Length > 0)
                    {
                        text.Append('_');
                    }

                    text.Append(char.ToLowerInvariant(c));
                }

                return text.ToString();
        }
    }
}
