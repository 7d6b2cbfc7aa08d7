using System.Globalization;
using System.Text;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts;

/// <summary>
/// How the elements that two versions of a type have in common stand together, as a short text: <c>(a, b[..5], (c | d)[0..])</c>.
/// What one of the versions does not have, and whether an element is required or repeats at all, is told field by field elsewhere.
/// </summary>
internal static class ContentOutline
{
    private const int MaxLength = 2_000;

    /// <summary>The outlines of both; equal where nothing differs.</summary>
    public static (string Before, string After) Of(ComplexType before, ComplexType after)
    {
        var repeated = before.Members.Where(m => m.Element is not null).ToDictionary(m => m.Element!.Name.Local + "\n" + m.JsonName, m => m.Repeated, StringComparer.Ordinal);
        var common = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var member in after.Members.Where(m => m.Element is not null))
        {
            if (repeated.TryGetValue(member.Element!.Name.Local + "\n" + member.JsonName, out var was))
            {
                // Where it became a list or ceased to be one, that is told; its numbers say no more.
                common[member.Element.Name.Local] = was == member.Repeated;
            }
        }

        return (Write(before.Particle, common), Write(after.Particle, common));
    }

    private static string Write(Particle? particle, Dictionary<string, bool> common)
    {
        var text = new StringBuilder();
        if (particle is not null)
        {
            Write(particle, common, text, top: true);
        }

        return text.Length == 0 ? "()" : text.Length <= MaxLength ? text.ToString() : text.ToString(0, MaxLength);
    }

    private static bool Write(Particle particle, Dictionary<string, bool> common, StringBuilder text, bool top = false)
    {
        if (particle.Max == 0 || text.Length > MaxLength * 4)
        {
            return false;
        }

        if (particle.Kind is ParticleKind.Element)
        {
            var name = particle.Element!.Name.Local;
            if (!common.TryGetValue(name, out var counted))
            {
                return false;
            }

            text.Append(name).Append(counted && particle.Max is > 1 and < Particle.Unbounded ? $"[..{particle.Max.ToString(CultureInfo.InvariantCulture)}]" : "");
            return true;
        }

        if (particle.Kind is ParticleKind.Any)
        {
            text.Append("any");
            return true;
        }

        var parts = new List<string>();
        foreach (var child in particle.Children)
        {
            var part = new StringBuilder();
            if (Write(child, common, part))
            {
                // A sequence within a sequence, once, is the sequence itself.
                parts.Add(part.ToString());
            }
        }

        if (parts.Count == 0)
        {
            return false;
        }

        if (particle.Kind == ParticleKind.All)
        {
            parts.Sort(StringComparer.Ordinal);
        }

        var once = particle is { Min: 1, Max: 1 };
        var separator = particle.Kind switch { ParticleKind.Choice => " | ", ParticleKind.All => " & ", _ => ", " };
        if (once && (parts.Count == 1 || (particle.Kind == ParticleKind.Sequence && !top)))
        {
            text.AppendJoin(separator, parts);
            return true;
        }

        text.Append('(').AppendJoin(separator, parts).Append(')');
        if (!once)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{particle.Min}..{(particle.Max == Particle.Unbounded ? "" : particle.Max.ToString(CultureInfo.InvariantCulture))}]");
        }

        return true;
    }
}
