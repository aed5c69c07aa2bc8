//! Filters of ffmpeg: pictures upright, with square pixels, within a box, and in the colours of
//! ordinary screens.

use media::Track;

/// The names of the two transfers of a high dynamic range, for ffmpeg and its filters.
const PQ: &str = "smpte2084";
const HLG: &str = "arib-std-b67";

/// The filters before others; `hdr` is what [`transfer`] says.
pub(crate) fn filters(side: u32, hdr: Option<&'static str>) -> String {
    // ffmpeg has turned them upright before this; `dar` is their shape with the pixels' own in it.
    // Even sides, for colour has half the resolution. `area` is the cheapest that does not flicker.
    let scale = format!(
        "scale=w='max(2,trunc(if(gte(dar,1),min({side},ih*dar),min({side},ih)*dar)/2)*2)'\
         :h='max(2,trunc(if(gte(dar,1),min({side},ih*dar)/dar,min({side},ih))/2)*2)'\
         :flags=area,setsar=1"
    );
    match hdr {
        None => scale,
        Some(transfer) => format!(
            "{scale},zscale=tin={transfer}:pin=2020:min=2020_ncl:t=linear:npl=100,\
             format=gbrpf32le,zscale=p=709,tonemap=tonemap=hable:desat=0,\
             zscale=t=709:m=709:r=limited,format=yuv420p"
        ),
    }
}

/// The name that the filter `zscale` has for the transfer of a track with a high dynamic range
/// (ISO/IEC 23091-2, 8.2): shown as it is, such a picture looks washed out.
pub(crate) fn transfer(track: &Track) -> Option<&'static str> {
    match track.video()?.colour.transfer {
        16 => Some(PQ),
        18 => Some(HLG),
        _ => None,
    }
}

/// The same for what ffprobe calls it.
pub(crate) fn named(transfer: &str) -> Option<&'static str> {
    [PQ, HLG].into_iter().find(|known| *known == transfer)
}
