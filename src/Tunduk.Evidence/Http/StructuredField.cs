using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Tunduk.Evidence.Http;

/// <summary>
/// Structured field values for HTTP, read and written to the letter of RFC 8941 §4 with the two types RFC 9651 added. A fault
/// anywhere fails the whole field. Several field lines of one name are joined with <c>, </c> before they are read.
/// </summary>
public static class StructuredField
{
    /// <summary>Most members of a list or dictionary, items of an inner list, and parameters of either; the norm asks for 1,024, 256 and 256.</summary>
    public const int MaximumMembers = 1024;

    /// <summary>Reads a dictionary. An empty field is an empty dictionary.</summary>
    public static bool TryParseDictionary(
        ReadOnlySpan<char> text, [NotNullWhen(true)] out StructuredDictionary? dictionary, out StructuredFault fault)
    {
        var parser = new StructuredParser(text);
        dictionary = parser.Dictionary();
        fault = parser.Fault;
        return dictionary is not null;
    }

    /// <summary>Reads a list. An empty field is an empty list.</summary>
    public static bool TryParseList(
        ReadOnlySpan<char> text, [NotNullWhen(true)] out IReadOnlyList<StructuredMember>? list, out StructuredFault fault)
    {
        var parser = new StructuredParser(text);
        list = parser.List();
        fault = parser.Fault;
        return list is not null;
    }

    /// <summary>Reads an item.</summary>
    public static bool TryParseItem(ReadOnlySpan<char> text, [NotNullWhen(true)] out StructuredItem? item, out StructuredFault fault)
    {
        var parser = new StructuredParser(text);
        item = parser.WholeItem();
        fault = parser.Fault;
        return item is not null;
    }

    /// <summary>Writes an item.</summary>
    public static string Serialize(StructuredItem item)
    {
        var target = new StringBuilder();
        Write(target, item);
        return target.ToString();
    }

    /// <summary>Writes an item or inner list.</summary>
    public static string Serialize(StructuredMember member)
    {
        var target = new StringBuilder();
        Write(target, member);
        return target.ToString();
    }

    /// <summary>Writes a list; empty text means that the field is not sent at all.</summary>
    public static string Serialize(IReadOnlyList<StructuredMember> list)
    {
        var target = new StringBuilder();
        foreach (StructuredMember member in list)
        {
            target.Append(target.Length == 0 ? "" : ", ");
            Write(target, member);
        }

        return target.ToString();
    }

    /// <summary>Writes a dictionary; empty text means that the field is not sent at all.</summary>
    public static string Serialize(StructuredDictionary dictionary)
    {
        var target = new StringBuilder();
        foreach ((string key, StructuredMember member) in dictionary)
        {
            target.Append(target.Length == 0 ? "" : ", ").Append(key);
            if (ReferenceEquals(member.Value, StructuredValue.True))
            {
                member.Parameters.Write(target);
                continue;
            }

            target.Append('=');
            Write(target, member);
        }

        return target.ToString();
    }

    /// <summary>Can the grammar carry this as a key? (RFC 8941 §3.1.2)</summary>
    public static bool IsKey(ReadOnlySpan<char> key)
    {
        if (key.IsEmpty || !IsKeyStart(key[0]))
        {
            return false;
        }

        foreach (char c in key)
        {
            if (!IsKeyCharacter(c))
            {
                return false;
            }
        }

        return true;
    }

    internal static bool IsKeyStart(char c) => char.IsAsciiLetterLower(c) || c == '*';

    internal static bool IsKeyCharacter(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-' or '.' or '*';

    internal static void Write(StringBuilder target, StructuredItem item)
    {
        item.Value.Write(target);
        item.Parameters.Write(target);
    }

    internal static void Write(StringBuilder target, StructuredMember member)
    {
        if (member.InnerList is { } items)
        {
            target.Append('(');
            for (int i = 0; i < items.Count; i++)
            {
                target.Append(i == 0 ? "" : " ");
                Write(target, items[i]);
            }

            target.Append(')');
        }
        else
        {
            member.Value!.Write(target);
        }

        member.Parameters.Write(target);
    }
}
