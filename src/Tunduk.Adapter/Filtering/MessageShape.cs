namespace Tunduk.Adapter.Filtering;

/// <summary>Whether the content of the operation element wraps its fields in <c>request</c>/<c>response</c>.</summary>
internal enum MessageShape
{
    /// <summary>No contract: seen in each message by whether the member <c>request</c> (<c>response</c>) is there.</summary>
    ByMessage,

    /// <summary>The contract has the wrapping element.</summary>
    Wrapped,

    /// <summary>The contract has no wrapping element: lists are relative to the content itself.</summary>
    Flat,
}
