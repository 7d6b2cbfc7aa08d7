using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Tests.Filtering;

/// <summary>
/// For any document and any list: no unlisted value is in the output in any form, and every listed value is there
/// unchanged. The oracle knows nothing of trees: it holds each leaf's path against each listed path.
/// </summary>
public class FilterPropertyTests
{
    private static readonly string[] Names = ["a", "b", "c", "surname", "request", "response", "é", "x-1"];

    [Fact]
    public void Apply_AnyJsonAndAnyList_OnlyListedValuesPassUnchanged() =>
        Prop.ForAll(Arb.From(Cases()), static c =>
        {
            (string text, FilterResult result) = FilterRuns.Json(FieldList.ForResponse(c.Rules, FilterRuns.Rules("a b/c")), c.Json.ToJsonString());
            result.Refusal.ShouldBeNull();
            Compare(c, JsonLeaves(c.Json), JsonLeaves(JsonNode.Parse(text)), text);
        }).Hold(500);

    [Fact]
    public void Apply_AnyXmlAndAnyList_OnlyListedValuesPassUnchanged() =>
        Prop.ForAll(Arb.From(Cases()), static c =>
        {
            StringBuilder xml = new();
            WriteXml(xml, c.Json);
            (string text, XmlFilterResult result) = XmlFieldFilterTests.Run(FieldList.ForResponse(c.Rules, FilterRuns.Rules("a b/c")), xml.ToString());
            result.Fields.Refusal.ShouldBeNull();
            string[] expected = [.. JsonLeaves(c.Json).Where(l => Passes(c, l.Path)).Select(static l => l.Value)];
            string[] found = [.. System.Text.RegularExpressions.Regex.Matches(text, "v[0-9]+v", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Select(static m => m.Value)];
            found.ShouldBe(expected);
        }).Hold(500);

    private static void Compare(Sample c, List<(string[] Path, string Value)> before, List<(string[] Path, string Value)> after, string text)
    {
        string[] expected = [.. before.Where(l => Passes(c, l.Path)).Select(static l => string.Join('/', l.Path) + "=" + l.Value)];
        after.Select(static l => string.Join('/', l.Path) + "=" + l.Value).ShouldBe(expected);
        foreach ((string[] path, string value) in before.Where(l => !Passes(c, l.Path)))
        {
            text.ShouldNotContain(value, Case.Sensitive, string.Join('/', path));
        }
    }

    /// <summary>The rule in its plainest form.</summary>
    private static bool Passes(Sample c, string[] path)
    {
        bool wrapped = c.Json.ContainsKey("response");
        if (path[0] == "request")
        {
            return string.Join('/', path[1..]) is "a" or "b/c";
        }

        if (wrapped && path[0] != "response")
        {
            return false;
        }

        string[] relative = wrapped ? path[1..] : path;
        return c.Rules.Allow.Any(p => Matches([.. p.Names], relative))
            && !c.Rules.Remove.Any(p => Enumerable.Range(1, relative.Length).Any(n => Matches([.. p.Names], relative[..n])));
    }

    private static bool Matches(string[] pattern, string[] path)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == "**")
            {
                return true;
            }

            if (i >= path.Length || (pattern[i] != "*" && pattern[i] != path[i]))
            {
                return false;
            }
        }

        return pattern.Length == path.Length;
    }

    private static List<(string[] Path, string Value)> JsonLeaves(JsonNode? node)
    {
        List<(string[], string)> leaves = [];
        Walk(node, []);
        return leaves;

        void Walk(JsonNode? at, string[] path)
        {
            switch (at)
            {
                case JsonObject o:
                    foreach ((string name, JsonNode? child) in o)
                    {
                        Walk(child, [.. path, name]);
                    }

                    break;
                case JsonArray a:
                    foreach (JsonNode? item in a)
                    {
                        Walk(item, path);
                    }

                    break;
                case not null when path.Length > 0:
                    leaves.Add((path, at.GetValue<string>()));
                    break;
            }
        }
    }

    private static void WriteXml(StringBuilder xml, JsonNode? node, string? name = null)
    {
        if (node is JsonArray array)
        {
            foreach (JsonNode? item in array)
            {
                WriteXml(xml, item, name);
            }

            return;
        }

        if (name is not null)
        {
            xml.Append('<').Append(name).Append('>');
        }

        if (node is JsonObject o)
        {
            foreach ((string child, JsonNode? value) in o)
            {
                WriteXml(xml, value, child);
            }
        }
        else
        {
            xml.Append(node?.GetValue<string>());
        }

        if (name is not null)
        {
            xml.Append("</").Append(name).Append('>');
        }
    }

    internal static Gen<Sample> Cases() =>
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from size in Gen.Choose(1, 6)
        from wrap in Gen.Choose(0, 2)
        from allow in Gen.ListOf(PathGen())
        from remove in Gen.ListOf(PathGen())
        select new Sample(Document(seed, size, wrap), new FieldRules { Allow = [.. allow.Take(6)], Remove = [.. remove.Take(2).Where(static p => !p.Text.StartsWith('*'))] });

    private static Gen<FieldPath> PathGen() =>
        from names in Gen.NonEmptyListOf(Gen.Frequency((6, Gen.Elements(Names)), (1, Gen.Constant("*"))))
        from subtree in Gen.Elements(false, false, true)
        select FieldPath.Parse(string.Join('/', names.Take(3)) + (subtree ? "/**" : string.Empty));

    private static JsonObject Document(int seed, int size, int wrap)
    {
        Lcg random = new((uint)seed);
        JsonObject root = Object(ref random, size, depth: 3);
        if (wrap == 0)
        {
            return root;
        }

        JsonObject wrapped = new() { ["response"] = root };
        if (wrap == 2)
        {
            wrapped["request"] = Object(ref random, size, depth: 2);
        }

        return wrapped;
    }

    private static JsonObject Object(ref Lcg random, int size, int depth)
    {
        JsonObject o = [];
        for (int i = 0; i < size; i++)
        {
            o[Names[random.Next(Names.Length)]] = Value(ref random, size, depth);
        }

        return o;
    }

    private static JsonNode Value(ref Lcg random, int size, int depth)
    {
        int kind = depth == 0 ? 0 : random.Next(4);
        if (kind == 1)
        {
            return Object(ref random, size, depth - 1);
        }

        if (kind == 2)
        {
            JsonArray array = [];
            for (int i = random.Next(3); i >= 0; i--)
            {
                array.Add(Value(ref random, size, depth - 1));
            }

            return array;
        }

        return JsonValue.Create("v" + random.Unique().ToString(CultureInfo.InvariantCulture) + "v");
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Lcg(uint state)
    {
        private uint state = state;
        private int unique;

        public int Next(int below)
        {
            state = (state * 1664525) + 1013904223;
            return (int)((state >> 8) % (uint)below);
        }

        public int Unique() => ++unique;
    }

    internal sealed record Sample(JsonObject Json, FieldRules Rules)
    {
        public override string ToString() => $"{Json.ToJsonString()} allow [{string.Join(", ", Rules.Allow)}] remove [{string.Join(", ", Rules.Remove)}]";
    }
}
