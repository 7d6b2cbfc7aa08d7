using System.Globalization;
using System.Text;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Mapping;

/// <summary>Where a conversion stands, and the faults found so far. A path is only spelled out for a fault.</summary>
internal sealed class MappingTrace(MappingLimits limits)
{
    private readonly List<MappingFault> faults = [];
    private (string Name, int Index)[] frames = new (string, int)[16];
    private int depth;
    private int rootIndex = -1;

    public bool WrongForm { get; set; }

    public bool HasFaults => faults.Count > 0;

    public void Push(string name)
    {
        if (depth == frames.Length)
        {
            Array.Resize(ref frames, depth * 2);
        }

        frames[depth++] = (name, -1);
    }

    public void Pop() => depth--;

    /// <summary>Enters an array that may stand in another; <see cref="NextItem"/> moves in it, <see cref="Pop"/> leaves it.</summary>
    public void PushItems() => Push("");

    /// <summary>Moves to the next item of the array at the current place.</summary>
    public void NextItem()
    {
        if (depth == 0)
        {
            rootIndex++; // The document itself is the array.
        }
        else
        {
            frames[depth - 1].Index++;
        }
    }

    public void Fault(string code, SchemaLocation declared, string expected, string found, string? member = null)
    {
        if (faults.Count < limits.MaxFaults)
        {
            faults.Add(new MappingFault(code, Path(member), declared, expected, found));
        }
    }

    public MappingResult Result() => new(faults, WrongForm);

    private string Path(string? member)
    {
        var text = new StringBuilder("$");
        if (rootIndex >= 0)
        {
            text.Append('[').Append(rootIndex.ToString(CultureInfo.InvariantCulture)).Append(']');
        }

        for (var i = 0; i < depth; i++)
        {
            if (frames[i].Name.Length > 0 || frames[i].Index < 0)
            {
                Append(text, frames[i].Name);
            }

            if (frames[i].Index >= 0)
            {
                text.Append('[').Append(frames[i].Index.ToString(CultureInfo.InvariantCulture)).Append(']');
            }
        }

        if (member is not null)
        {
            Append(text, member);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string name)
    {
        // A name that came with the message may be anything; it is shortened and quoted, so that it cannot forge a path.
        var plain = name.Length is > 0 and <= 100;
        foreach (var c in name)
        {
            plain &= char.IsLetterOrDigit(c) || c is '_' or '-' or '@' or '$' or '.';
        }

        if (plain)
        {
            text.Append('.').Append(name);
            return;
        }

        text.Append("['");
        foreach (var c in name.AsSpan(0, Math.Min(name.Length, 100)))
        {
            text.Append(char.IsControl(c) || char.IsSurrogate(c) || c is '\'' or '\\' ? '?' : c);
        }

        text.Append("']");
    }
}
