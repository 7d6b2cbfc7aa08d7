using System.Text;
using System.Text.Json;

namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>A member of a type's JSON object that stands for child elements: one name, once or as an array.</summary>
public sealed class Member
{
    internal Member(string jsonName, ElementDeclaration? element, Wildcard? wildcard)
    {
        JsonName = jsonName;
        Element = element;
        Wildcard = wildcard;
        Utf8Name = Encoding.UTF8.GetBytes(jsonName);
        EncodedName = JsonEncodedText.Encode(jsonName, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
    }

    /// <summary>The local name; with <c>$2</c> and so on where one type holds the same local name of two namespaces; <c>$any</c>, <c>$any$2</c> … for wildcards.</summary>
    public string JsonName { get; }

    /// <summary>Null for a wildcard.</summary>
    public ElementDeclaration? Element { get; }

    public Wildcard? Wildcard { get; internal set; }

    /// <summary>Always an array in JSON.</summary>
    public bool Repeated { get; internal set; }

    /// <summary>In every valid content at least once.</summary>
    public bool Required { get; internal set; }

    /// <summary>Position in the fixed order of the type's members; the order in which XML is written.</summary>
    public int Rank { get; internal set; }

    internal byte[] Utf8Name { get; }

    internal JsonEncodedText EncodedName { get; }

    /// <summary>Start of the tag without its closing bracket, and the end tag, ready to be copied.</summary>
    internal byte[] OpenTag { get; set; } = [];

    internal byte[] CloseTag { get; set; } = [];

    /// <summary>The element's names as instances of the contract's name table, so that readers compare references.</summary>
    internal string LocalName { get; set; } = "";

    internal string Namespace { get; set; } = "";
}
