using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Filtering;
using Tunduk.Adapter.Tests.Filtering;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>Judging names alone gives what filtering the message gives: replays and shadow versions rest on it.</summary>
public sealed class FieldDifferenceTests
{
    [Fact]
    public void ActionOf_AnyMessageAndAnyList_IsWhatTheFilterDoes() =>
        Prop.ForAll(Arb.From(FilterPropertyTests.Cases()), static sample =>
        {
            FieldList list = FieldList.ForResponse(sample.Rules, FilterRuns.Rules("a b/c"));
            byte[] json = Encoding.UTF8.GetBytes(sample.Json.ToJsonString());
            List<SealedValue> values = [];
            JsonLeaves.Add(values, json, 64);
            bool wrapped = FieldDifference.HasWrapper(values.Select(static v => v.Path), list.Wrapper) || sample.Json.ContainsKey("response");
            string[] expected = [.. values.Where(static v => v.Presence == ValuePresence.Present && !v.Value.IsEmpty)
                .Where(v => list.ActionOf(JsonLeaves.WithoutPositions(v.Path), wrapped, out _) == FieldAction.Allow)
                .Select(static v => v.AsText())];

            (FilteredBody? body, _) = FieldPolicy.Run(list, json);
            List<SealedValue> after = [];
            JsonLeaves.Add(after, body!.Json.Span, 64);
            after.Where(static v => v.Presence == ValuePresence.Present && !v.Value.IsEmpty).Select(static v => v.AsText()).ShouldBe(expected);
        }).Hold(500);
}
