using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Contracts;

namespace Tunduk.Adapter.Tests.Filtering;

/// <summary>
/// For random schema, document and list: as SOAP through the contract's mapping and as XML passed through, no unlisted
/// value is in the output or in a refusal in any form, and every listed value is there unchanged.
/// </summary>
public sealed class SchemaFilterPropertyTests
{
    private static readonly BodyMapping Mapping = new(new LimitOptions());

    [Fact]
    public void Apply_RandomSchemaDocumentAndList_OnlyListedValuesPassUnchanged() =>
        Prop.ForAll(Arb.From(Cases()), static sample => sample.Run()).Hold(150);

    private static Gen<Sample> Cases() =>
        from seed in Gen.Choose(1, int.MaxValue - 1)
        from size in Gen.Choose(1, 5)
        from unlisted in Gen.Elements(UnlistedAction.Remove, UnlistedAction.Refuse, UnlistedAction.Blank)
        select new Sample((uint)seed, size, unlisted);

    private sealed class Sample
    {
        private readonly uint seed;
        private readonly int size;
        private readonly UnlistedAction unlisted;
        private readonly List<(string Path, string Token)> leaves = [];
        private readonly List<string> paths = [];
        private uint state;

        public Sample(uint seed, int size, UnlistedAction unlisted)
        {
            this.seed = seed;
            this.size = size;
            this.unlisted = unlisted;
            state = seed;
        }

        public void Run()
        {
            StringBuilder schema = new();
            StringBuilder xml = new();
            Element(schema, xml, string.Empty, depth: 0);
            ContractImport import = Contract.ImportText(Encoding.UTF8.GetBytes(Wsdl(schema.ToString())), "random.wsdl");
            Operation operation = import.Contract.ShouldNotBeNull(string.Join('\n', import.Findings) + this).Operations[0];
            string[] allow = [.. paths.Where(_ => Next(3) == 0).Select(p => Next(6) == 0 && p.Contains('/', StringComparison.Ordinal) ? p[..p.LastIndexOf('/')] + "/**" : p).Distinct(StringComparer.Ordinal)];
            FieldRules rules = new() { Allow = [.. allow.Select(FieldPath.Parse)], Unlisted = unlisted };
            ServiceFields fields = ServiceFields.Compile(FieldRules.Nothing, rules, ContractFieldsFactory.Of(operation)).ShouldNotBeNull();
            string[] listed = [.. leaves.Where(l => allow.Any(p => Covers(p, l.Path))).Select(static l => l.Token)];
            string[] others = [.. leaves.Select(static l => l.Token).Except(listed, StringComparer.Ordinal)];
            string content = $"<response>{xml}</response>";

            // SOAP with the contract: XML to JSON, the list, and back.
            string body = $"<soapenv:Body xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><opResponse xmlns=\"urn:s\">{content}</opResponse></soapenv:Body>";
            Mapping.ToJson(operation, MessageSide.Response, Encoding.UTF8.GetBytes(body), agreement: null).TryGet(out ReadOnlyMemory<byte> json, out ExchangeError? error).ShouldBeTrue($"{error} {body}");
            (FilteredBody? filtered, PolicyRefusal? refusal) = FieldPolicy.Run(fields.Response, json);
            if (filtered is null)
            {
                unlisted.ShouldBe(UnlistedAction.Refuse, this.ToString());
                others.ShouldNotBeEmpty();
                Holds([], others.Concat(listed), refusal!.ToString());
            }
            else
            {
                if (unlisted == UnlistedAction.Refuse)
                {
                    others.ShouldBeEmpty(this.ToString());
                }

                Mapping.ToXml(operation, MessageSide.Response, filtered.Json).TryGet(out ReadOnlyMemory<byte> back, out error).ShouldBeTrue($"{error} {this}");
                Holds(listed, others, Encoding.UTF8.GetString(filtered.Json.Span));
                Holds(listed, others, Encoding.UTF8.GetString(back.Span));
                Holds([], others, string.Join(' ', filtered.Removed));
            }

            // The same passed through as XML.
            (string passed, XmlFilterResult result) = XmlFieldFilterTests.Run(fields.Response, content);
            result.Fields.IsRefused.ShouldBe(filtered is null, this.ToString());
            Holds(result.Fields.IsRefused ? [] : listed, result.Fields.IsRefused ? others.Concat(listed) : others, passed + result.Fields.Refusal);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"seed {seed} size {size} {unlisted}");

        private static void Holds(IEnumerable<string> there, IEnumerable<string> gone, string text)
        {
            foreach (string token in there)
            {
                text.ShouldContain(token);
            }

            foreach (string token in gone)
            {
                text.ShouldNotContain(token, Case.Insensitive);
                text.ShouldNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(token)), Case.Sensitive);
                text.ShouldNotContain(Convert.ToHexString(Encoding.UTF8.GetBytes(token)), Case.Insensitive);
                text.ShouldNotContain(Uri.HexEscape(token[0]) + token[1..], Case.Insensitive);
            }
        }

        private static bool Covers(string pattern, string path) =>
            pattern.EndsWith("/**", StringComparison.Ordinal) ? path == pattern[..^3] || path.StartsWith(pattern[..^2], StringComparison.Ordinal) : path == pattern;

        /// <summary>The children of one element: their declarations, and their instance with values that occur nowhere else.</summary>
        private void Element(StringBuilder schema, StringBuilder xml, string path, int depth)
        {
            schema.Append("<xs:sequence>");
            int children = 1 + Next(size);
            for (int i = 0; i < children; i++)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"{(char)('a' + Next(6))}{i}");
                string child = path.Length == 0 ? name : path + "/" + name;
                int occurs = 1 + Next(2);
                if (depth < 3 && Next(3) == 0)
                {
                    schema.Append($"<xs:element name=\"{name}\" minOccurs=\"0\" maxOccurs=\"unbounded\"><xs:complexType>");
                    StringBuilder inner = new();
                    Element(schema, inner, child, depth + 1);
                    schema.Append("</xs:complexType></xs:element>");
                    xml.Append('<').Append(name).Append('>').Append(inner).Append("</").Append(name).Append('>');
                    paths.Add(child + "/**");
                }
                else if (Next(4) == 0)
                {
                    schema.Append($"<xs:element name=\"{name}\" minOccurs=\"0\"><xs:complexType><xs:simpleContent><xs:extension base=\"xs:string\"><xs:attribute name=\"k\" type=\"xs:string\"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>");
                    xml.Append('<').Append(name).Append(" k=\"").Append(Token(child + "/@k")).Append("\">").Append(Text(child)).Append("</").Append(name).Append('>');
                    paths.Add(child);
                    paths.Add(child + "/@k");
                }
                else
                {
                    schema.Append($"<xs:element name=\"{name}\" type=\"xs:string\" minOccurs=\"0\" maxOccurs=\"unbounded\"/>");
                    for (int n = 0; n < occurs; n++)
                    {
                        xml.Append('<').Append(name).Append('>').Append(Text(child)).Append("</").Append(name).Append('>');
                    }

                    paths.Add(child);
                }
            }

            schema.Append("</xs:sequence>");
        }

        private string Text(string path)
        {
            string token = Token(path);
            return Next(4) switch
            {
                0 => $"<![CDATA[{token}]]>",
                _ => token,
            };
        }

        private string Token(string path)
        {
            string token = string.Create(CultureInfo.InvariantCulture, $"v{leaves.Count}w{seed}v");
            leaves.Add((path, token));
            return token;
        }

        private int Next(int below)
        {
            state = (state * 1664525) + 1013904223;
            return (int)((state >> 8) % (uint)below);
        }

        private static string Wsdl(string response) => $"""
            <wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:s" targetNamespace="urn:s">
            <wsdl:types><xs:schema targetNamespace="urn:s" elementFormDefault="qualified">
            <xs:element name="op"><xs:complexType><xs:sequence/></xs:complexType></xs:element>
            <xs:element name="opResponse"><xs:complexType><xs:sequence><xs:element name="response"><xs:complexType>{response}</xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
            </xs:schema></wsdl:types>
            <wsdl:message name="q"><wsdl:part name="body" element="t:op"/></wsdl:message><wsdl:message name="a"><wsdl:part name="body" element="t:opResponse"/></wsdl:message>
            <wsdl:portType name="p"><wsdl:operation name="op"><wsdl:input message="t:q"/><wsdl:output message="t:a"/></wsdl:operation></wsdl:portType>
            <wsdl:binding name="b" type="t:p"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/><wsdl:operation name="op"><soap:operation soapAction=""/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>
            <wsdl:service name="s"><wsdl:port name="x" binding="t:b"><soap:address location="http://example.org/"/></wsdl:port></wsdl:service>
            </wsdl:definitions>
            """;
    }
}
