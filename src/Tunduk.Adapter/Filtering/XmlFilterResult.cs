namespace Tunduk.Adapter.Filtering;

/// <summary>What the XML filter did to one message.</summary>
/// <param name="Fields">What did not pass, or why nothing does.</param>
/// <param name="KeptIncludes">References of the <c>xop:Include</c> elements that stay: the parts that may go on.</param>
/// <param name="RemovedIncludes">References of those that do not: their parts must not go on.</param>
internal sealed record XmlFilterResult(FilterResult Fields, IReadOnlyList<string> KeptIncludes, IReadOnlyList<string> RemovedIncludes);
