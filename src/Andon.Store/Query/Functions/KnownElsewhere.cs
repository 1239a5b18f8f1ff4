using System.Collections.Frozen;

namespace Andon.Store.Query.Functions;

/// <summary>Names of Kusto that Andon knows and does not offer: refused by name, so that an author need not look for a typing error.</summary>
internal static class KnownElsewhere
{
    public static readonly FrozenSet<string> Functions = Words("""
        acos asin atan atan2 cos sin tan cot degrees radians pi rand gamma loggamma beta_cdf exp10 exp2 isinf erf erfc
        array_concat array_iff array_rotate_left array_shift_left array_slice array_split array_sum zip repeat range jaccard_index
        set_difference set_intersect set_union set_equals bag_merge bag_remove_keys bag_set_key bag_has_key bag_pack bag_zip pack pack_all pack_dictionary treepath
        base64_decode_toarray base64_decode_toguid base64_encode_fromarray base64_encode_fromguid base64_encodestring base64_decodestring
        bin_at bin_auto binary_not binary_shift_left binary_shift_right bitset_count_ones convert_angle convert_energy convert_length
        current_cluster_endpoint current_database current_principal current_principal_details current_principal_is_member_of cluster database table
        cursor_after cursor_before_or_at cursor_current ingestion_time extent_id extent_tags datetime_part datetime_local_to_utc datetime_utc_to_local datetime_list_timezones
        dcount_hll hll hll_if hll_merge hll_isvalid tdigest tdigest_merge merge_tdigest percentile_tdigest percentrank_tdigest rank_tdigest estimate_data_size
        endofmonth endofyear week_of_year weekofyear monthofyear format_bytes format_timespan format_ipv4 format_ipv4_mask format_ipv6 make_timespan make_string unixtime_microseconds_todatetime unixtime_nanoseconds_todatetime
        extract_all extractall extract_json extractjson extractall parse_command_line parse_csv parse_ipv4 parse_ipv4_mask parse_ipv6 parse_ipv6_mask parse_path parse_url parse_urlquery parse_user_agent parse_version parse_xml
        has_any_index has_ipv4 has_any_ipv4 has_ipv4_prefix has_any_ipv4_prefix has_ipv6 has_any_ipv6 has_ipv6_prefix has_any_ipv6_prefix
        ipv4_compare ipv4_lookup ipv4_netmask_suffix ipv4_range_to_cidr_list ipv4_is_in_any_range ipv6_compare ipv6_is_in_any_range ipv6_is_match ipv6_lookup
        geo_distance_2points geo_distance_point_to_line geo_info_from_ip_address geo_point_in_circle geo_point_in_polygon geo_point_to_geohash geo_geohash_to_central_point geo_point_to_s2cell geo_point_to_h3cell
        gettype typeof guid new_guid hash hash_combine hash_many hash_md5 hash_sha1 hash_xxhash64 indexof_regex isascii isutf8 isnotnan
        make_bag make_bag_if make_dictionary make_list_with_nulls makelist makeset percentiles percentiles_array percentilesw percentilew stdevif variancep varianceif varianceifp buildschema binary_all_and binary_all_or binary_all_xor take_anyif anyif arg_max arg_min argmax argmin covariance
        next prev row_cumsum row_number row_rank_dense row_rank_min row_window_session materialize toscalar not_null punycode_from_string punycode_to_string regex_quote replace replace_strings
        series_add series_decompose series_decompose_anomalies series_decompose_forecast series_fill_backward series_fill_const series_fill_forward series_fill_linear series_fir series_fit_2lines series_fit_line series_iir series_outliers series_periods_detect series_periods_validate series_seasonal series_stats series_stats_dynamic series_subtract series_multiply series_divide series_sum
        startofquarter string_size strcat_array to_utf8 todecimal toobject translate unicode_codepoints_from_string unicode_codepoints_to_string url_encode_component url_decode_component welch_test zlib_compress_to_base64_string gzip_compress_to_base64_string gzip_decompress_from_base64_string zlib_decompress_from_base64_string
        externaldata datatable view _GetWatchlist workspace app adx arg resource union lookup evaluate
        """);

    static FrozenSet<string> Words(string text) => text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToFrozenSet();
}
