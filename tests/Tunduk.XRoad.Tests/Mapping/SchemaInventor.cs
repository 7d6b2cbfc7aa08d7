using System.Text;

namespace Tunduk.XRoad.Tests.Mapping;

/// <summary>Invents schemas with every construct the mapping knows; one particle in twelve repeats an earlier element, so that content models are ambiguous too.</summary>
internal sealed class SchemaInventor(int seed)
{
    private static readonly string[] Types =
    [
        "xs:string", "xs:int", "xs:long", "xs:decimal", "xs:boolean", "xs:date", "xs:dateTime", "xs:base64Binary", "xs:hexBinary", "xs:double", "xs:integer",
        "xs:token", "xs:anyURI", "xs:NMTOKENS", "xs:duration", "xs:gYear", "t:code", "t:list", "t:union", "t:amount", "t:Pair", "t:Valued", "t:Tree", "t:Text", "t:Base", "xs:anyType",
    ];

    private const string Globals = """
        <xs:simpleType name="code"><xs:restriction base="xs:string"><xs:pattern value="[A-Z]{2}[0-9]{3,5}(-[a-c]+)?"/></xs:restriction></xs:simpleType>
        <xs:simpleType name="list"><xs:restriction><xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType><xs:maxLength value="4"/></xs:restriction></xs:simpleType>
        <xs:simpleType name="union"><xs:union memberTypes="xs:int xs:boolean t:code"/></xs:simpleType>
        <xs:simpleType name="amount"><xs:restriction base="xs:decimal"><xs:totalDigits value="12"/><xs:fractionDigits value="2"/><xs:minInclusive value="0"/></xs:restriction></xs:simpleType>
        <xs:complexType name="Pair"><xs:sequence><xs:element name="left" type="xs:string"/><xs:element name="right" type="xs:string" minOccurs="0" nillable="true"/></xs:sequence><xs:attribute name="kind" type="xs:string" use="required"/></xs:complexType>
        <xs:complexType name="Valued"><xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="unit" type="xs:NMTOKEN"/><xs:attribute name="n" type="xs:int"/></xs:extension></xs:simpleContent></xs:complexType>
        <xs:complexType name="Tree"><xs:sequence><xs:element name="leaf" type="xs:int" minOccurs="0"/><xs:element name="branch" type="t:Tree" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
        <xs:complexType name="Text" mixed="true"><xs:choice minOccurs="0" maxOccurs="unbounded"><xs:element name="b" type="xs:string"/><xs:element name="i" type="t:Text"/></xs:choice></xs:complexType>
        <xs:complexType name="Base"><xs:sequence><xs:element name="id" type="xs:int"/></xs:sequence></xs:complexType>
        <xs:complexType name="Derived"><xs:complexContent><xs:extension base="t:Base"><xs:sequence><xs:element name="more" type="xs:string" maxOccurs="3"/></xs:sequence><xs:attribute name="x" type="xs:boolean"/></xs:extension></xs:complexContent></xs:complexType>
        <xs:element name="head" type="xs:string"/>
        <xs:element name="tail" type="xs:string" substitutionGroup="t:head"/>
        """;

    private readonly Random random = new(seed);
    private readonly List<string> declared = [];
    private int names;
    private bool headUsed;

    public static string GlobalText => Globals;

    public string Form => random.Next(2) == 0 ? "qualified" : "unqualified";

    public string Content()
    {
        var text = new StringBuilder();
        var kind = random.Next(10);
        if (kind == 0)
        {
            text.Append("<xs:all>");
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                Element(text, random.Next(2), 1, mayRepeat: false);
            }

            text.Append("</xs:all>");
        }
        else
        {
            Group(text, 0, kind < 8 ? "sequence" : "choice");
        }

        for (var i = random.Next(3); i > 0; i--)
        {
            text.Append($"""<xs:attribute name="a{names++}" type="{Types[random.Next(10)]}" use="{(random.Next(2) == 0 ? "required" : "optional")}"/>""");
        }

        return text.ToString();
    }

    private void Group(StringBuilder text, int depth, string kind)
    {
        var (min, max) = Occurs(depth > 0);
        text.Append($"""<xs:{kind} minOccurs="{min}" maxOccurs="{max}">""");
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var roll = random.Next(12);
            if (roll < 2 && depth < 3)
            {
                Group(text, depth + 1, roll == 0 ? "sequence" : "choice");
            }
            else if (roll == 2 && names % 7 == 0 && !headUsed)
            {
                // Two references to one head would be ambiguous; one is enough.
                headUsed = true;
                names++;
                text.Append("""<xs:element ref="t:head"/>""");
            }
            else
            {
                var (least, most) = Occurs(true);
                Element(text, least, most == "unbounded" ? int.MaxValue : int.Parse(most), mayRepeat: true);
            }
        }

        text.Append($"</xs:{kind}>");
    }

    private void Element(StringBuilder text, int min, int max, bool mayRepeat)
    {
        var most = max == int.MaxValue ? "unbounded" : max.ToString();
        var nillable = random.Next(5) == 0 ? " nillable=\"true\"" : "";
        var again = mayRepeat && declared.Count > 0 && random.Next(12) == 0;
        var element = again ? declared[random.Next(declared.Count)] : $"""name="e{names++}" type="{Types[random.Next(Types.Length)]}"{nillable}""";
        declared.Add(element);
        text.Append($"""<xs:element {element} minOccurs="{min}" maxOccurs="{most}"/>""");
    }

    private (int Min, string Max) Occurs(bool vary) => (vary ? random.Next(8) : 0) switch
    {
        1 => (0, "1"),
        2 => (0, "unbounded"),
        3 => (1, "unbounded"),
        4 => (2, "4"),
        5 => (0, "3"),
        _ => (1, "1"),
    };
}
