-- From --mysql-charset gbk (as the original) to utf8mb4, once, while no server runs:
--
--   mysqldump --single-transaction --databases chat > before.sql     (the way back)
--   chat-server init --utf8mb4 --mysql-file FILE                     (columns that hold every text)
--   mysql chat < gbk-to-utf8mb4.sql                                  (this)
--   chat-server IP PORT --mysql-file FILE --mysql-charset utf8mb4    (every node, no original any more)
--
-- The original tells MySQL gbk and sends UTF-8, so that what stands in the table is what those bytes mean in GBK:
-- 寮犱笁 for 张三. Each text whose GBK bytes are the UTF-8 of another text becomes that text; all others stay.
-- Joiners (U+2060) that made the bytes of a name pair up as GBK are no longer needed, and go.
-- Run again, it changes nothing. It stops with "Duplicate entry" where two names would become one: rename one first.

-- IF, because MariaDB 10.11 takes two CONVERTs of one column that are compared in a condition for the same.
-- Not strict: a strict server ends at the first text whose bytes are no UTF-8, and that is what is looked for.

SET @mode = @@sql_mode;
SET SESSION sql_mode = '';
START TRANSACTION;

UPDATE `user` SET `name` = CONVERT(CAST(CONVERT(`name` USING gbk) AS BINARY) USING utf8mb4)
WHERE IF(HEX(CONVERT(CONVERT(`name` USING gbk) USING utf8mb4)) = HEX(CONVERT(`name` USING utf8mb4)),
  HEX(CAST(CONVERT(CAST(CONVERT(`name` USING gbk) AS BINARY) USING utf8mb4) AS BINARY)) = HEX(CONVERT(`name` USING gbk)), 0);

UPDATE `user` SET `password` = CONVERT(CAST(CONVERT(`password` USING gbk) AS BINARY) USING utf8mb4)
WHERE IF(HEX(CONVERT(CONVERT(`password` USING gbk) USING utf8mb4)) = HEX(CONVERT(`password` USING utf8mb4)),
  HEX(CAST(CONVERT(CAST(CONVERT(`password` USING gbk) AS BINARY) USING utf8mb4) AS BINARY)) = HEX(CONVERT(`password` USING gbk)), 0);

UPDATE `allgroup` SET `groupname` = CONVERT(CAST(CONVERT(`groupname` USING gbk) AS BINARY) USING utf8mb4)
WHERE IF(HEX(CONVERT(CONVERT(`groupname` USING gbk) USING utf8mb4)) = HEX(CONVERT(`groupname` USING utf8mb4)),
  HEX(CAST(CONVERT(CAST(CONVERT(`groupname` USING gbk) AS BINARY) USING utf8mb4) AS BINARY)) = HEX(CONVERT(`groupname` USING gbk)), 0);

UPDATE `allgroup` SET `groupdesc` = CONVERT(CAST(CONVERT(`groupdesc` USING gbk) AS BINARY) USING utf8mb4)
WHERE IF(HEX(CONVERT(CONVERT(`groupdesc` USING gbk) USING utf8mb4)) = HEX(CONVERT(`groupdesc` USING utf8mb4)),
  HEX(CAST(CONVERT(CAST(CONVERT(`groupdesc` USING gbk) AS BINARY) USING utf8mb4) AS BINARY)) = HEX(CONVERT(`groupdesc` USING gbk)), 0);

UPDATE `user` SET `name` = REPLACE(`name`, _utf8mb4 0xE281A0, '');
UPDATE `allgroup` SET `groupname` = REPLACE(`groupname`, _utf8mb4 0xE281A0, ''),
  `groupdesc` = REPLACE(`groupdesc`, _utf8mb4 0xE281A0, '');

COMMIT;
SET SESSION sql_mode = @mode;
