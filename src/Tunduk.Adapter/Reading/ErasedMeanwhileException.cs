namespace Tunduk.Adapter.Reading;

/// <summary>A bundle has records that lost values and not the entries that took them.</summary>
internal sealed class ErasedMeanwhileException() : Exception(Phrases.Of("Reading.BundleDoesNotVerify"));
